package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"kvikk/ui/text"
)

// build is what is known about the program that runs.
type build struct {
	Version string `json:"version"`
	// Revision is the commit of a program that was built from a checkout.
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func (p *Parts) versionCommand() *cobra.Command {
	return newCommand(&cobra.Command{
		Use:   "version",
		Short: "Print the version, and what it was built from",
		RunE: func(*cobra.Command, []string) error {
			return readByAll(p.printVersion())
		},
	})
}

func (p *Parts) printVersion() error {
	b := readBuild(p.Version)
	if p.Flags.JSON {
		return p.printJSON(b)
	}
	line := "kvikk " + b.Version
	if b.Revision != "" {
		line += " (" + b.Revision
		if b.Modified {
			line += ", modified"
		}
		line += ")"
	}
	return printed(fmt.Fprintf(p.Stdout, "%s\n%s %s/%s\n", text.Visible(line), b.Go, b.OS, b.Arch))
}

// Version is the running program's version as its build information has it:
// a tag, a pseudo-version, or "(devel)".
func Version() string { return readBuild("").Version }

// readBuild reads what the linker left in the program.
func readBuild(version string) build {
	b := build{Version: version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	if b.Version == "" {
		b.Version = "(devel)" // as the go command calls what has no version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
