package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kvikk/api/control"
	"kvikk/api/webhook"
	"kvikk/ui/text"
)

// longestPayload is how much of --payload is read, in bytes.
const longestPayload = 512 << 10

func (p *Parts) sendCommand() *cobra.Command {
	var (
		f       trialFlags
		payload string
	)
	c := newCommand(&cobra.Command{
		Use:   "send EVENT",
		Short: "Send your receiver an event of Recurring, Login, QR or Donations",
		Long: `Send delivers one event of an API that the sandbox does not serve, signed as
every webhook is, and says whether your receiver accepted it. The payload is
made up; the members of --payload, a JSON object, take the place of made-up
ones. It ends with status 0 when the event was accepted, and with 1 when not.

For the events of ePayment there is kvikk sandbox run.`,
		Example: `kvikk sandbox send charge-captured --callback http://127.0.0.1:3000/webhooks
kvikk sandbox send user.checked-in.v1 --callback http://127.0.0.1:3000/ --payload '{"merchantQrId":"till-4"}'
kvikk sandbox send charge-failed --callback http://127.0.0.1:3000/webhooks --payload @charge.json --json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			event, err := chooseEvent(args, payload)
			if err == nil {
				err = f.check(cmd, p.Flags.APIURL)
			}
			if err != nil {
				return usage(cmd, err)
			}
			return usageOf(cmd, p.sendEvent(cmd.Context(), f, event))
		},
	})
	c.Args = cobra.ArbitraryArgs // RunE says what is wrong with them in its own words
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return eventCompletions(), cobra.ShellCompDirectiveNoFileComp
	}
	f.bind(c)
	c.Flags().StringVar(&payload, "payload", "", "members of the payload as JSON, or @file")
	return c
}

// otherEvents are the event types of all APIs but ePayment.
func otherEvents() []webhook.TypeInfo {
	var list []webhook.TypeInfo
	for _, t := range webhook.Types() {
		if t.API != webhook.EPayment {
			list = append(list, t)
		}
	}
	return list
}

func eventCompletions() []cobra.Completion {
	var list []cobra.Completion
	for _, t := range otherEvents() {
		list = append(list, cobra.CompletionWithDesc(string(t.Type), t.Sentence))
	}
	return list
}

// chooseEvent reads the arguments of send.
func chooseEvent(args []string, payload string) (control.Event, error) {
	switch len(args) {
	case 0:
		return control.Event{}, errors.New("name the event to send, such as charge-captured; " + eventNames())
	case 1:
	default:
		return control.Event{}, fmt.Errorf("one event at a time; %q is one too many", args[1])
	}
	t, err := otherEvent(args[0])
	if err != nil {
		return control.Event{}, err
	}
	members, err := readPayload(payload)
	if err != nil {
		return control.Event{}, fmt.Errorf("--payload: %w", err)
	}
	return control.Event{Event: string(t), Payload: members}, nil
}

// otherEvent reads an event type: the full one, or its last part.
func otherEvent(given string) (webhook.Type, error) {
	name := strings.ToLower(strings.TrimSpace(given))
	for _, t := range otherEvents() {
		if name == string(t.Type) || name == t.Name {
			return t.Type, nil
		}
	}
	if t, err := parseEvent(name); err == nil {
		return "", fmt.Errorf("%s comes of a payment; kvikk sandbox run plays one", t)
	}
	return "", fmt.Errorf("there is no event %q; %s", given, eventNames())
}

func eventNames() string {
	var names []string
	for _, t := range otherEvents() {
		names = append(names, string(t.Type))
	}
	return "there are " + strings.Join(names, ", ")
}

// readPayload reads --payload: a JSON object, or the file that has one.
func readPayload(given string) (json.RawMessage, error) {
	if given == "" {
		return nil, nil
	}
	content, what := []byte(given), "it"
	if path, ok := strings.CutPrefix(given, "@"); ok {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("open the file: %w", err)
		}
		defer file.Close()
		if content, err = io.ReadAll(io.LimitReader(file, longestPayload+1)); err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		what = path
	}
	if len(content) > longestPayload {
		return nil, fmt.Errorf("%s is longer than %d KiB", what, longestPayload>>10)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil || members == nil {
		return nil, fmt.Errorf(`%s is no JSON object such as {"amount":49900}`, what)
	}
	return content, nil
}

// sendEvent sends an event and prints whether the receiver accepted it.
func (p *Parts) sendEvent(ctx context.Context, f trialFlags, e control.Event) (err error) {
	t, err := p.openTrial(ctx, f, []string{e.Event})
	if err != nil {
		return err
	}
	defer func() { err = t.end(ctx, err) }()
	if err := t.announce(); err != nil {
		return err
	}
	sent, verdict, err := t.runner("send").Send(ctx, e)
	if err != nil {
		return err
	}
	verdict.Scenario = "send"
	fmt.Fprintln(t.people, text.Visible(string(sent.Payload)))
	var total tally
	total.add(verdict)
	if err := t.print(verdict); err != nil {
		return err
	}
	return total.err()
}
