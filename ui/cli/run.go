package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kvikk/api/scenario"
	"kvikk/api/webhook"
	"kvikk/ui/text"
)

func (p *Parts) runCommand() *cobra.Command {
	var (
		f   trialFlags
		all bool
	)
	c := newCommand(&cobra.Command{
		Use:   "run SCENARIO",
		Short: "Play a payment against your receiver, with a verdict",
		Long: `Run plays a named payment in a sandbox of its own, delivers its webhooks to your
receiver and says of each whether the receiver accepted it. kvikk sandbox
scenarios lists the names. It ends with status 0 when everything passed, and
with 1 when something did not.

The webhooks are signed. Your receiver needs the secret: give both the same one
with --secret, or read it from the first lines, which come before any webhook
("webhook_secret" with --json).

With --api-url it uses a sandbox that runs already, with the keys in VIPPS_*.`,
		Example: `kvikk sandbox run pay-and-capture --callback http://127.0.0.1:3000/webhooks
kvikk sandbox run --all --callback http://127.0.0.1:3000/webhooks --secret made-up --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			chosen, err := chooseScenarios(args, all)
			if err == nil {
				err = f.check(cmd, p.Flags.APIURL)
			}
			if err != nil {
				return usage(cmd, err)
			}
			return usageOf(cmd, p.runScenarios(cmd.Context(), f, chosen))
		},
	})
	c.Args = cobra.ArbitraryArgs // RunE says what is wrong with them in its own words
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 || all {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return scenarioCompletions(), cobra.ShellCompDirectiveNoFileComp
	}
	f.bind(c)
	c.Flags().BoolVar(&all, "all", false, "play every scenario, one after the other")
	return c
}

func (p *Parts) scenariosCommand() *cobra.Command {
	return newCommand(&cobra.Command{
		Use:   "scenarios",
		Short: "List the scenarios that kvikk sandbox run plays",
		RunE: func(*cobra.Command, []string) error {
			return readByAll(p.listScenarios())
		},
	})
}

// chooseScenarios reads the arguments of run.
func chooseScenarios(args []string, all bool) ([]scenario.Scenario, error) {
	names := strings.Join(scenario.Names(), ", ")
	switch {
	case all && len(args) > 0:
		return nil, fmt.Errorf("--all plays every scenario; leave out %q, or --all", args[0])
	case all:
		return scenario.All(), nil
	case len(args) == 0:
		return nil, errors.New("name the scenario to play, or use --all; there are " + names)
	case len(args) > 1:
		return nil, fmt.Errorf("one scenario at a time, or --all; %q is one too many", args[1])
	}
	s, ok := scenario.Find(strings.ToLower(args[0]))
	if !ok {
		return nil, fmt.Errorf("there is no scenario %q; there are %s", args[0], names)
	}
	return []scenario.Scenario{s}, nil
}

func scenarioCompletions() []cobra.Completion {
	var list []cobra.Completion
	for _, s := range scenario.All() {
		list = append(list, cobra.CompletionWithDesc(s.Name, s.Title))
	}
	return list
}

// runScenarios plays scenarios one after the other. The error is errFailed when
// one of them did not pass.
func (p *Parts) runScenarios(ctx context.Context, f trialFlags, chosen []scenario.Scenario) (err error) {
	var events []string
	for _, s := range chosen {
		for _, t := range s.Events() {
			if !slices.Contains(events, string(t)) {
				events = append(events, string(t))
			}
		}
	}
	t, err := p.openTrial(ctx, f, events)
	if err != nil {
		return err
	}
	defer func() { err = t.end(ctx, err) }()
	if err := t.announce(); err != nil {
		return err
	}
	var total tally
	for _, s := range chosen {
		fmt.Fprintf(t.people, "\n%s\n", s.Title)
		verdict, err := t.runner(s.Name).Run(ctx, s)
		if err != nil {
			return fmt.Errorf("scenario %s: %w", s.Name, err)
		}
		total.add(verdict)
		if err := t.print(verdict); err != nil {
			return err
		}
	}
	if len(chosen) > 1 {
		if err := t.printTotal(total); err != nil {
			return err
		}
	}
	return total.err()
}

// scenarioLine is what scripts get of a scenario.
type scenarioLine struct {
	Scenario string         `json:"scenario"`
	Title    string         `json:"title"`
	About    string         `json:"about"`
	Events   []webhook.Type `json:"events"`
}

// aboutWidth is how wide a scenario's description is, in cells.
const aboutWidth = 76

func (p *Parts) listScenarios() error {
	for _, s := range scenario.All() {
		if err := p.listScenario(s); err != nil {
			return err
		}
	}
	return nil
}

func (p *Parts) listScenario(s scenario.Scenario) error {
	if p.Flags.JSON {
		return p.printJSON(scenarioLine{s.Name, s.Title, s.About, s.Events()})
	}
	checks := s.Expected()
	width := 0
	for _, c := range checks {
		width = max(width, text.Width(shortName(c)))
	}
	var expected []string
	for _, c := range checks {
		expected = append(expected, pad(shortName(c), width)+"  "+c.Expect)
	}
	about := strings.Join(text.Wrap(s.About, aboutWidth), "\n  ")
	return printed(fmt.Fprintf(p.Stdout, "%s\n  %s\n\n  %s\n\n", s.Name, about, strings.Join(expected, "\n  ")))
}
