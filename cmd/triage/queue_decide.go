package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// decision is a command that decides about one case.
type decision struct {
	control.Decide
	raw  bool
	file string
}

// flags adds what every decision has.
func (d *decision) flags(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().IntVar(&d.Step, "step", 0, "the step that triage queue show told: if the case went on since, nothing is done")
	cmd.Flags().BoolVar(&d.raw, "json", false, "print JSON")
	return cmd
}

// texts adds what is to be said.
func (d *decision) texts(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.Reply, "text", "", "the public reply, instead of what is suggested")
	cmd.Flags().StringVar(&d.file, "text-file", "", "the file that holds the public reply; - for standard input")
	cmd.Flags().StringVar(&d.Private, "private-text", "", "the private message, instead of what is suggested")
	cmd.Flags().StringVar(&d.Hide, "hide", "", "hide the comment afterwards, for a privacy reason: "+codes(respond.HideReasons()))
}

// read reads the public reply, wherever it is.
func (d *decision) read(cmd *cobra.Command) (err error) {
	for flag, text := range map[string]string{"text": d.Reply, "private-text": d.Private} {
		if cmd.Flags().Changed(flag) && strings.TrimSpace(text) == "" {
			return fmt.Errorf("%w: --%s is empty: leave it out for what is suggested", errUsage, flag)
		}
	}
	if d.file == "" {
		return nil
	}
	if d.Reply != "" {
		return fmt.Errorf("%w: give --text or --text-file", errUsage)
	}
	d.Reply, err = textOf(cmd, d.file)
	return err
}

// textOf is what a file says; - is standard input.
func textOf(cmd *cobra.Command, file string) (string, error) {
	in := cmd.InOrStdin()
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("read the text: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, 1<<18))
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	text := strings.TrimSpace(strings.ReplaceAll(string(raw), "\r\n", "\n"))
	if text == "" {
		return "", fmt.Errorf("%s holds no text", file)
	}
	return text, nil
}

// codes lists the codes of reasons.
func codes(reasons map[string]string) string {
	var out []string
	for code := range reasons {
		out = append(out, code)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// give gives the order and prints what came of it.
func (d *decision) give(cmd *cobra.Command, o *order, what, id string) error {
	return o.give(cmd, func(ctx context.Context, c *control.Client) error {
		var view control.CaseView
		err := c.Call(ctx, "POST", "/cases/"+id+"/"+what, d.Decide, &view)
		var refused *control.Refused
		switch {
		case errors.As(err, &refused) && d.raw:
			return errors.Join(printJSON(cmd.OutOrStdout(), map[string]any{"error": refused.Error(), "problems": refused.Problems}), errSaid)
		case errors.As(err, &refused):
			return refusedText(cmd.OutOrStdout(), refused)
		case err != nil:
			return err
		case d.raw:
			return printJSON(cmd.OutOrStdout(), view)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", view.ID, became(what, view, time.Now()))
		return err
	})
}

// refusedText prints what the gate says, below the words.
func refusedText(w io.Writer, refused *control.Refused) error {
	if _, err := fmt.Fprintln(w, refused.Error()); err != nil {
		return err
	}
	for _, p := range refused.Problems {
		if _, err := fmt.Fprintf(w, "\n%s\n  %s\n", underline(p.Text, p.Start, p.End), p.Why); err != nil {
			return err
		}
	}
	return errSaid
}

// became says in a sentence what came of an order.
func became(what string, v control.CaseView, now time.Time) string {
	last := map[string]string{
		"undo": "taken back; the case waits again", "handled": "marked as done by hand", "note": "the note is kept",
		"outcome": "what became of it is recorded", "withdraw": "the proposal is taken back; the case waits as before",
		"assign": "it is nobody's in particular",
	}[what]
	switch {
	case v.Proposal != nil && what == "override":
		return "proposed. A second person who may override looks at it and confirms it: triage queue show " + v.ID + " --reveal --as NAME"
	case what == "assign" && v.Assignee != "":
		return "it is " + v.Assignee + "'s now"
	case last != "":
		return last
	}
	return outgoing(v, now)
}

// outgoing says what goes out, when, and what it means.
func outgoing(v control.CaseView, now time.Time) string {
	var going []string
	var due time.Time
	hides, answers := false, false
	for _, a := range v.Actions {
		hides = hides || a.Do == ingest.Hide
		answers = answers || a.Do == ingest.Reply || a.Do == ingest.Private
		if a.State == respond.Approved {
			going, due = append(going, actionWords[a.Do]), latest(due, a.Due)
		}
	}
	out := staying(v.Actions)
	if len(going) > 0 {
		when := "now"
		if due.After(now) {
			when = "in " + english().Span(due.Sub(now)) + "; triage queue undo " + v.ID + " takes it back until then"
		}
		out = append([]string{"approved, " + strings.Join(going, ", ") + ": goes out " + when}, out...)
	}
	if hides && !answers {
		out = append(out, "Nobody is answered: once it is hidden a public reply reaches nobody")
	}
	return strings.Join(out, ". ")
}

// staying says what does not go out from here, and each reason for it once.
func staying(actions []control.CaseAction) (out []string) {
	var why []string
	what := map[string][]string{}
	for _, a := range actions {
		switch {
		case a.State == respond.Dismissed:
			out = append(out, "nothing is to be said")
		case a.State != respond.Approved && a.Why != "":
			if what[a.Why] == nil {
				why = append(why, a.Why)
			}
			what[a.Why] = append(what[a.Why], actionWords[a.Do])
		}
	}
	for _, w := range why {
		out = append(out, strings.Join(what[w], ", ")+": "+visible(w))
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func queueApprove(o *order) *cobra.Command {
	var d decision
	var privateOnly, publicOnly bool
	cmd := &cobra.Command{
		Use: "approve CASE", Short: "Approve what is suggested, or a text of yours", Args: caseAnd(),
		Long: `Approves the public reply and, where one is suggested and possible, the private
message beside it. Every text passes the check first, also yours. It goes out after
the undo time (posting.undo).`,
		Example: `  triage queue approve ufqkhlrxqbwjf3h2jczq --as priya
  triage queue approve ufqkhlrxqbwjf3h2jczq --text "Thank you. Please call our office." --as priya
  triage queue approve ufqkhlrxqbwjf3h2jczq --text-file - --public-only --as priya < reply.txt
  triage queue approve ufqkhlrxqbwjf3h2jczq --private-only --as priya
  triage queue approve ufqkhlrxqbwjf3h2jczq --hide other-person --as priya`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if privateOnly && (publicOnly || d.Reply != "" || d.file != "") {
				return fmt.Errorf("%w: --private-only goes without a public reply", errUsage)
			}
			if err := d.read(cmd); err != nil {
				return err
			}
			d.Suggested, d.Public, d.InPrivate = true, !privateOnly, !publicOnly
			return d.give(cmd, o, "approve", args[0])
		},
	}
	d.texts(cmd)
	cmd.Flags().BoolVar(&privateOnly, "private-only", false, "the private message alone: nothing is said in public")
	cmd.Flags().BoolVar(&publicOnly, "public-only", false, "the public reply alone, without a private message")
	return d.flags(cmd)
}

func queueHide(o *order) *cobra.Command {
	var d decision
	cmd := &cobra.Command{
		Use: "hide CASE --reason CODE", Short: "Hide a comment without answering it", Args: caseAnd(),
		Long: `Hides a comment for a privacy reason; criticism is never one. Nobody is answered
then, and a public reply to a hidden comment reaches nobody: to answer first and then
hide, use triage queue approve --hide.

Reasons: ` + codes(respond.HideReasons()),
		Example: `  triage queue hide ufqkhlrxqbwjf3h2jczq --reason other-person --as priya`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.Hide == "" {
				return fmt.Errorf("%w: --reason wants one of %s", errUsage, codes(respond.HideReasons()))
			}
			return d.give(cmd, o, "approve", args[0])
		},
	}
	cmd.Flags().StringVar(&d.Hide, "reason", "", "the privacy reason")
	return d.flags(cmd)
}

func queueTakeDown(o *order) *cobra.Command {
	d := decision{Decide: control.Decide{TakeDown: true}}
	return d.flags(&cobra.Command{
		Use: "take-down CASE", Short: "Delete our own reply that says too much", Args: caseAnd(),
		RunE: func(cmd *cobra.Command, args []string) error { return d.give(cmd, o, "approve", args[0]) },
	})
}

func queueHandled(o *order) *cobra.Command {
	var d decision
	return d.flags(&cobra.Command{
		Use: "handled CASE", Short: "Say that you did by hand what was to be done", Args: caseAnd(),
		RunE: func(cmd *cobra.Command, args []string) error { return d.give(cmd, o, "handled", args[0]) },
	})
}
