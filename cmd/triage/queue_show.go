package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// caseAnd takes one case and what follows it.
func caseAnd(more ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1+len(more) {
			return fmt.Errorf("%w: %s takes %s", errUsage, cmd.CommandPath(), strings.Join(append([]string{"CASE"}, more...), " "))
		}
		return nil
	}
}

func queueShow(o *order) *cobra.Command {
	var reveal, raw bool
	cmd := &cobra.Command{
		Use: "show CASE", Short: "Show a case: why it is here, what we would say, what was done", Args: caseAnd(),
		Long: `Shows everything but the words of the comment. With --reveal it shows these too,
which is recorded in the case's history with who asked.`,
		Example: `  triage queue show ufqkhlrxqbwjf3h2jczq --as priya
  triage queue show ufqkhlrxqbwjf3h2jczq --reveal --as priya`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var view control.CaseView
				method, path, in := "GET", "/cases/"+args[0], any(nil)
				if reveal {
					method, path, in = "POST", path+"/reveal", control.Decide{}
				}
				if err := c.Call(ctx, method, path, in, &view); err != nil {
					return err
				}
				if raw {
					return printJSON(cmd.OutOrStdout(), view)
				}
				_, err := io.WriteString(cmd.OutOrStdout(), shown(view, time.Now()))
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&reveal, "reveal", false, "show the comment, which is recorded")
	cmd.Flags().BoolVar(&raw, "json", false, "print JSON")
	return cmd
}

// sheet is what is printed of a case, part by part.
type sheet struct {
	strings.Builder
	now time.Time
}

func (s *sheet) line(format string, args ...any) { _, _ = fmt.Fprintf(s, format+"\n", args...) }

// part prints a heading and lines below it, if there are any.
func (s *sheet) part(heading string, lines ...string) {
	if lines = slices.DeleteFunc(lines, func(l string) bool { return l == "" }); len(lines) == 0 {
		return
	}
	s.line("\n%s", heading)
	for _, l := range lines {
		s.line("  %s", strings.ReplaceAll(l, "\n", "\n  "))
	}
}

// shown is a case as a person reads it.
func shown(v control.CaseView, now time.Time) string {
	s := &sheet{now: now}
	s.line("%s · %s · %s", english().Lane(v.Lane), english().Platform(v.Platform), english().Ago(now.Sub(v.Made)))
	s.line("%s · %s · step %d · %s", v.ID, headings[v.State], v.Step, cmp.Or(prefixed("looked after by ", v.Assignee), "nobody's in particular"))
	s.part("Why it is here", v.Why...)
	s.part("What was said", saidOf(v)...)
	s.suggested(v)
	s.part("To be known before", mays(v)...)
	s.proposed(v)
	s.part("Decided", s.decided(v)...)
	var notes, history []string
	for _, n := range v.Notes {
		notes = append(notes, fmt.Sprintf("%s %s: %s", english().Clock(n.At, now), n.By, cmp.Or(lines(n.Text), "(erased)")))
	}
	for _, e := range v.History {
		history = append(history, fmt.Sprintf("%s  %s %s", english().Clock(e.At, now), e.By, happenedIn(e)))
	}
	s.part("Notes", notes...)
	s.part("History", history...)
	return s.String()
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// headings say under which heading a case is.
var headings = map[string]string{"open": "needs somebody", "going": "going out", "answered": "answered", "dismissed": "nothing is to be said"}

// happened says what a code of the history means, where that is not plain.
var happened = map[string]string{
	respond.Revealed: "read the comment", respond.Labelled: "said what it is:", respond.Outcomed: "said what became of it:", respond.Assigned: "gave it to",
	respond.NoteLeft: "left a note", respond.Unproposed: "took back the proposal of", respond.Overrode: "let out what the check refused:",
	respond.Proposed: "proposed to let out what the check refuses:", respond.Confirmed: "confirmed the proposal of",
	"handled": "did it by hand", "undone": "took the decision back", "moved": "found it in the sample; it belongs to",
	"opened": "opened the case:", "dismissed": "decided that nothing is to be said", respond.Automatic: "approved by itself:", "approved": "approved",
}

// happenedIn says in words what an entry of the history tells in codes.
func happenedIn(e respond.Entry) string {
	kind, code, _ := strings.Cut(e.Note, ":")
	what := actionWords[ingest.ActionKind(kind)]
	code, _, _ = strings.Cut(code, ":")
	switch e.Do {
	case "opened", "moved":
		return happened[e.Do] + " " + english().Lane(respond.Lane(e.Note))
	case "approved", respond.Automatic:
		var parts []string
		for _, p := range respond.Parts(e.Note) {
			parts = append(parts, actionWords[p.Kind]+prefixed(" because ", respond.HideReasons()[p.Reason])+prefixed(", ", string(p.State)))
		}
		return happened[e.Do] + " " + strings.Join(parts, "; ")
	case respond.Overrode, respond.Proposed:
		return happened[e.Do] + " " + what + prefixed(", because ", respond.Overrides()[code])
	}
	if what != "" {
		return e.Do + ": " + what
	}
	return strings.TrimSpace(cmp.Or(happened[e.Do], e.Do) + " " + e.Note)
}

func saidOf(v control.CaseView) []string {
	switch {
	case v.Said != nil:
		return []string{lines(v.Said.Text), prefixed("— ", visible(v.Said.Author)), visible(v.Said.Link)}
	case v.Erased != "":
		return []string{"the words were erased (" + v.Erased + ")"}
	}
	return []string{"hidden: --reveal shows it, which is recorded"}
}

// lines is a text as a terminal may show it, in its lines.
func lines(text string) string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		out = append(out, visible(strings.TrimRight(l, "\r")))
	}
	return strings.Join(out, "\n")
}

func (s *sheet) suggested(v control.CaseView) {
	if v.Suggest == nil || v.State != "open" {
		return
	}
	s.part("What we would say, in public", lines(v.Suggest.Text))
	s.part("And in a private message", lines(v.Suggest.Private))
	if v.Suggest.Hide != "" {
		s.part("Then hide it", "because "+respond.HideReasons()[v.Suggest.Hide]+" (--hide "+v.Suggest.Hide+")")
	}
}

// mays are what is to be known before deciding, each once.
func mays(v control.CaseView) (out []string) {
	for _, m := range v.May {
		does := v.Lane == respond.LaneTakeDown
		if m.Why != "" && (m.Do == ingest.TakeDown) == does && v.State == "open" && !slices.Contains(out, m.Why) {
			out = append(out, m.Why)
		}
	}
	return out
}

func (s *sheet) proposed(v control.CaseView) {
	p := v.Proposal
	if p == nil {
		return
	}
	what := []string{fmt.Sprintf("%s at %s, because %s", p.By, english().Clock(p.At, s.now), respond.Overrides()[p.Override]), prefixed("in words: ", lines(p.Note))}
	if p.Dismiss {
		what = append(what, "Our own words stay online as they are.")
	}
	if p.Reply+p.Private+p.Note == "" {
		what = append(what, "its words: --reveal shows them, which is recorded, to those who may confirm it")
	}
	what = append(what, prefixed("in public: ", lines(p.Reply)), prefixed("in private: ", lines(p.Private)), prefixed("then hide it, because ", respond.HideReasons()[p.Hide]))
	s.part(fmt.Sprintf("Proposed, for a second person to confirm (triage queue confirm %s --step %d --as NAME)", v.ID, v.Step), what...)
}

// actionWords name what is done.
var actionWords = map[ingest.ActionKind]string{ingest.Reply: "public reply", ingest.Private: "private message", ingest.Hide: "hiding the comment", ingest.TakeDown: "deleting our reply"}

// decided says what was decided, and how it stands.
func (s *sheet) decided(v control.CaseView) (out []string) {
	for _, a := range v.Actions {
		by := prefixed(", by ", a.By) + prefixed(", confirmed by ", a.Second)
		line := actionWords[a.Do] + prefixed(", because ", respond.HideReasons()[a.Reason]) + ": " + s.standing(a) + by
		if a.Do == ingest.Reply && a.State == respond.Dismissed && a.Text == "" {
			line = "nothing is to be said" + by
		}
		out = append(out, line, prefixed("against the check, because ", respond.Overrides()[a.Override]),
			prefixed("  ", strings.ReplaceAll(lines(a.Text), "\n", "\n  ")), prefixed("  ", visible(a.Why)))
	}
	return out
}

func (s *sheet) standing(a control.CaseAction) string {
	switch {
	case a.State == respond.Approved && a.Due.After(s.now):
		return "in " + english().Span(a.Due.Sub(s.now))
	case a.State == respond.Approved || a.State == respond.Sending:
		return "now"
	case a.Done.IsZero():
		return string(a.State)
	}
	return string(a.State) + " " + english().Clock(a.Done, s.now)
}
