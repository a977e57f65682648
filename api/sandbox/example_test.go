package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"kvikk/api/sandbox"
)

// A sandbox takes the test environment's place in a test: the client under
// test is given its URL and its keys.
func Example() {
	s, err := sandbox.Start(context.Background(), sandbox.Options{
		Keys: sandbox.Keys{MSN: "123456"}, // the other keys are made up
		Now:  func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	req, err := http.NewRequest(http.MethodPost, s.URL()+"/accesstoken/get", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("client_id", s.Keys().ClientID)
	req.Header.Set("client_secret", s.Keys().ClientSecret)
	req.Header.Set("Ocp-Apim-Subscription-Key", s.Keys().SubscriptionKey)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	var token struct {
		Type string `json:"token_type"`
		In   string `json:"expires_in"`
	}
	if err := json.NewDecoder(res.Body).Decode(&token); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Status, token.Type, token.In, "MSN", s.Keys().MSN)
	// Output: 200 OK Bearer 3599 MSN 123456
}

// A payment that nobody decides on expires after ten minutes; nobody has to
// wait for that.
func ExampleServer_Advance() {
	s, err := sandbox.Start(context.Background(), sandbox.Options{
		Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	fmt.Println(s.Advance(11 * time.Minute).Format(time.TimeOnly))
	fmt.Println(s.Advance(-time.Hour).Format(time.TimeOnly))
	// Output:
	// 12:11:00
	// 12:11:00
}
