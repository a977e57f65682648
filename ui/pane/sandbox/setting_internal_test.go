package sandbox

import (
	"strings"
	"testing"

	stand "kvikk/api/sandbox"
)

func TestTheDialogHasEveryFaultThatTheSandboxKnows(t *testing.T) {
	t.Parallel()
	_, err := stand.ParseFault("none of them")
	if err == nil {
		t.Fatal("the sandbox knows a fault of that name")
	}
	_, list, _ := strings.Cut(err.Error(), "the faults are ")
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
		for _, spec := range settings(k.name)[1:] {
			if _, err := stand.ParseFault(spec); err != nil {
				t.Errorf("%q: %v", spec, err)
			}
		}
	}
	if got := strings.Join(names, ", "); got != list {
		t.Errorf("the dialog has\n%s\nthe sandbox\n%s", got, list)
	}
}
