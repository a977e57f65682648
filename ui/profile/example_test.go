package profile_test

import (
	"context"
	"fmt"
	"strings"

	"kvikk/ui/profile"
)

func ExampleParseEnv() {
	i, err := profile.ParseEnv(strings.NewReader(`
export VIPPS_CLIENT_ID="fb492b5e-7907-4d83-ba20-c7fb60ca35de"
VIPPS_CLIENT_SECRET=pa$$word   # taken as it stands
VIPPS_BASE_URL=https://example.com
VIPPS_MSN=<msn>
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("taken:", i.Taken, i.Values[profile.FieldClientSecret])
	for _, ignored := range i.Ignored {
		fmt.Println("ignored:", ignored)
	}
	// Output:
	// taken: [client_id client_secret] ••••
	// ignored: VIPPS_BASE_URL: an API address is never taken from a file; --api-url sets it
	// ignored: VIPPS_MSN: it still holds a placeholder
}

func ExampleResolve() {
	env := map[string]string{"VIPPS_CLIENT_ID": "fb492b5e-7907-4d83-ba20-c7fb60ca35de", "VIPPS_MSN": "123456"}
	s, err := profile.Resolve(context.Background(), profile.Flags{}, func(name string) string { return env[name] }, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Missing)
	fmt.Println(s.TunnelOptions().Kind)
	// Output:
	// [client_secret subscription_key]
	// ngrok
}
