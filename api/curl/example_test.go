package curl_test

import (
	"fmt"

	"kvikk/api/curl"
)

func ExampleCommand_String() {
	fmt.Println(curl.Command{
		Method: "POST",
		URL:    "https://apitest.vipps.no/webhooks/v1/webhooks",
		Header: []curl.Header{
			{Name: "Authorization", Value: "Bearer ", Variable: "VIPPS_ACCESS_TOKEN"},
			{Name: "Content-Type", Value: "application/json"},
		},
		Body: []byte(`{"url":"https://shop.example/it's-here"}`),
	})
	// Output:
	// curl -X POST 'https://apitest.vipps.no/webhooks/v1/webhooks' \
	//   -H "Authorization: Bearer $VIPPS_ACCESS_TOKEN" \
	//   -H 'Content-Type: application/json' \
	//   --data-raw '{"url":"https://shop.example/it'\''s-here"}'
}

func ExampleQuote() {
	fmt.Println(curl.Quote("it's $HOME"))
	// Output: 'it'\''s $HOME'
}
