package control_test

import (
	"context"
	"fmt"
	"time"

	"kvikk/api/control"
	"kvikk/api/sandbox"
)

func ExampleClient() {
	ctx := context.Background()
	s, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	c := control.New(s.URL(), nil)
	defer c.Close()
	faults, err := c.SetFaults(ctx, []string{"duplicate=1,event=captured"})
	fmt.Println(faults, err)
	clock, err := c.Advance(ctx, 11*time.Minute)
	fmt.Println(clock.Offset, err)
	_, err = c.Advance(ctx, -time.Minute)
	fmt.Println(err)
	// Output:
	// [duplicate=1,event=captured] <nil>
	// 11m0s <nil>
	// The clock goes forward only, and 10 years at most in all; it is 11m0s ahead now. POST /_kvikk/reset takes it back.
}
