package ui

import (
	"os"

	tea "charm.land/bubbletea/v2"
)

// crash panics at the key ! when KVIKK_CRASH says update, and in the view that
// follows when it says view.
func (m *Model) crash(msg tea.Msg) {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || key.String() != "!" {
		return
	}
	switch os.Getenv("KVIKK_CRASH") {
	case "update":
		panic("made to panic in an update")
	case "view":
		m.list = nil // which the view draws
	}
}
