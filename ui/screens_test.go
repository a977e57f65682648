package ui_test

import (
	"fmt"
	"testing"

	"kvikk/ui/flow"
)

// sizes are the ones at which the screen has another shape.
func sizes() []size { return []size{{120, 36}, {80, 24}, {60, 16}} }

func (s size) String() string { return fmt.Sprintf("%dx%d", s.width, s.height) }

func TestEveryStepIsDrawnAtEverySize(t *testing.T) {
	t.Parallel()
	for _, s := range sizes() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p, _ := held(t)
			term := p.run(s)
			for _, step := range flow.Steps() {
				ready(term, step)
				if step == flow.ViewWebhook {
					term.Wait("Your webhook has arrived")
				}
				p.golden(t, term, fmt.Sprintf("step%d-%s", step, s))
				term.Press("enter")
			}
		})
	}
}
