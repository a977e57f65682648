package cli

import (
	"fmt"

	"kvikk/ui/text"
)

// printJSON prints one value as a line of JSON.
func (p *Parts) printJSON(v any) error {
	line, err := text.JSONLine(v)
	if err != nil {
		return err
	}
	return printed(p.Stdout.Write(line))
}

// printed names the error of writing to standard output.
func printed(_ int, err error) error {
	if err != nil {
		return fmt.Errorf("write to standard output: %w", err)
	}
	return nil
}

// readByAll lets output end early without an error when its reader is gone.
func readByAll(err error) error {
	if readerGone(err) {
		return nil
	}
	return err
}
