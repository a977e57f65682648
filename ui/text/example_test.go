package text_test

import (
	"fmt"

	"kvikk/ui/text"
)

func ExampleVisible() {
	fmt.Println(text.Visible("paid \x1b[2J\u202e"))
	// Output: paid \x1b[2J\u202e
}

func ExamplePretty() {
	pretty, ok := text.Pretty([]byte(`{"name":"CREATED","amount":{"currency":"NOK","value":49900}}`))
	fmt.Println(ok)
	fmt.Println(string(pretty))
	// Output:
	// true
	// {
	//   "name": "CREATED",
	//   "amount": {
	//     "currency": "NOK",
	//     "value": 49900
	//   }
	// }
}
