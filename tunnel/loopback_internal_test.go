package tunnel

import (
	"errors"
	"testing"
)

func TestNothingIsListenedOnForABadPublicURL(t *testing.T) {
	t.Parallel()
	ln, _, err := openLoopback(t.Context(), Options{Kind: Own, ListenAddr: "127.0.0.1:0", PublicURL: "ftp://a"}, func(stage string) {
		t.Errorf("%s", stage)
	})
	if _, ok := errors.AsType[*Error](err); !ok || ln != nil {
		t.Errorf("openLoopback = %v, %v", ln, err)
	}
}
