package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
)

func queueCommand() *cobra.Command {
	var o order
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "The desk from a terminal",
		Long: `What can be done on the page, by the same rules and into the same history: list
what waits, look at a case, decide. Words of a comment are shown with --reveal only,
which is recorded. Approving needs the service to run; the rest works without it.

With --json each command prints what it knows as one line of JSON. What the check
refuses is printed with the place and the reason, and the exit code is 1.`,
		Example: `  triage queue list --as priya
  triage queue list --lane urgent --assignee - --json --as priya | jq -r '.cases[].id'
  triage queue show ufqkhlrxqbwjf3h2jczq --reveal --as priya
  triage queue approve ufqkhlrxqbwjf3h2jczq --as priya         what is suggested
  triage queue undo ufqkhlrxqbwjf3h2jczq --as priya            as long as it is possible`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(queueList(&o), queueShow(&o))
	cmd.AddCommand(queueApprove(&o), queueHide(&o), queueTakeDown(&o), queueDismiss(&o), queueHandled(&o), queueUndo(&o))
	cmd.AddCommand(queueAssign(&o), queueNote(&o), queueOutcome(&o))
	cmd.AddCommand(queueOverride(&o), queueConfirm(&o), queueWithdraw(&o))
	cmd.AddCommand(queueLabel(&o), queueExport(&o))
	return cmd
}

func queueLabel(o *order) *cobra.Command {
	in, raw := control.Label{}, false
	cmd := &cobra.Command{
		Use: "label CASE none|possible|clear", Short: "Say what a comment is, where the classifier was wrong",
		Long: `What you say is kept with the case, under your name and without the words; the
practice's own figures come from it (triage eval). It decides nothing about the
case, but that one of the weekly sample is settled or goes to where it should have
been.`,
		Example: `  triage queue label ufqkhlrxqbwjf3h2jczq possible --as priya
  triage queue label ufqkhlrxqbwjf3h2jczq clear --urgent --as priya`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 || in.Level.UnmarshalText([]byte(args[1])) != nil {
				return fmt.Errorf("%w: %s takes CASE and one of none, possible and clear", errUsage, cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Case = args[0]
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var now control.Label
				if err := c.Call(ctx, "POST", "/label", in, &now); err != nil {
					return err
				}
				if raw {
					return printJSON(cmd.OutOrStdout(), now)
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s (%s)\n", now.Case, now.Level, now.By)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&in.Urgent, "urgent", false, "somebody needs help now")
	cmd.Flags().BoolVar(&raw, "json", false, "print JSON")
	cmd.Flags().BoolVar(&in.Identifier, "identifier", false, "it shows who somebody is")
	return cmd
}

// heldWords is said with every export of labels.
const heldWords = "this holds patients' words: keep it where nobody else can read it, and delete it when you are done"

func queueExport(o *order) *cobra.Command {
	var since string
	var print bool
	cmd := &cobra.Command{
		Use: "export-labels [FILE]", Short: "Write comments and what people said of them, to measure and to train",
		Long: `Writes JSONL with the fields of the labelling guideline (id, text, d, s, c, u, p,
lang), where the label comes from (a decision, or the weekly sample of comments that
were not flagged), for how many comments it stands (weight), and what the classifier
said at that time. triage eval makes the practice's own figures of it.

It holds patients' words, so only a privacy officer may have it, that it was made is
audited, and only its owner can read the file; without FILE it is labels-DAY.jsonl.
What was erased, or whose time is over, is not in it.`,
		Example: `  triage queue export-labels --as dana
  triage queue export-labels labels.jsonl --since 2026-09-01 --as dana
  triage queue export-labels --json --as dana | triage eval --json -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || print && len(args) > 0 {
				return fmt.Errorf("%w: %s takes one FILE, or --json", errUsage, cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := parseDay(since, false)
			if err != nil {
				return fmt.Errorf("%w: --since: %v", errUsage, err)
			}
			file := "labels-" + time.Now().Format(time.DateOnly) + ".jsonl"
			if len(args) > 0 {
				file = args[0]
			}
			if print {
				file = "-"
			}
			return o.give(cmd, func(ctx context.Context, c *control.Client) error { return exportLabels(ctx, cmd, c, file, from) })
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "from the week of this day on, such as 2026-01-31")
	cmd.Flags().BoolVar(&print, "json", false, "write to standard output instead of a file")
	return cmd
}

// exportLabels writes labels to a file, or as "-" to standard output, and says
// what that is.
func exportLabels(ctx context.Context, cmd *cobra.Command, c *control.Client, file string, since time.Time) (err error) {
	path := "/labels"
	if !since.IsZero() {
		path += "?" + url.Values{"since": {since.Format(time.RFC3339)}}.Encode()
	}
	if file == "-" {
		err = c.Fetch(ctx, path, cmd.OutOrStdout())
	} else {
		err = fetchFile(ctx, cmd, c, file, path)
	}
	if err == nil {
		_, err = io.WriteString(cmd.ErrOrStderr(), heldWords+"\n")
	}
	return err
}
