package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"triage/internal/respond"
)

func gateCommand() *cobra.Command {
	var lang string
	var options respond.GateOptions
	cmd := &cobra.Command{
		Use:   "gate [--lang LL] [--staff NAME]... [--own VALUE]... [TEXT]",
		Short: "May this reply be published?",
		Long: `gate tells whether a reply may stand in public: it must not confirm or deny that
anybody is a patient, name a person, touch health, visits or bills, advise,
argue, ask for details, or hide any of that. It reads English, Spanish and French
(--lang en, es or fr); a reply in another language, or with a part in one, or not
in the language that is named, is refused.

With TEXT it prints what is wrong and where, and the exit code is 1 if the
reply is refused. Without TEXT it reads JSONL with the fields reply and, where
known, id, comment, lang, platform, staff (names that may be said) and own (the
practice's own phones, e-mail addresses and domains), and writes a line for each
in the same order; a line that cannot be read gets an error, and the exit code
is 1.`,
		Example: `  triage gate "We are sorry that your surgery went badly."
  triage gate --own "(503) 555-0142" "Thank you for writing. Please call (503) 555-0142."
  triage gate < replies.jsonl > verdicts.jsonl`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("%w: gate takes one TEXT, got %d; put the reply in quotes", errUsage, len(args))
			}
			if len(args) == 1 && strings.TrimSpace(args[0]) == "" {
				return fmt.Errorf("%w: the TEXT is empty; leave it out to read JSONL", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := respond.NewGate(options)
			if err != nil {
				return fmt.Errorf("start the gate: %w", err)
			}
			if len(args) == 1 {
				return gateText(cmd.OutOrStdout(), g, respond.Outgoing{Text: args[0], Lang: lang})
			}
			return gateLines(cmd, g, lang)
		},
	}
	cmd.Flags().StringArrayVar(&options.Staff, "staff", nil, "a name that may be said; may be given again")
	cmd.Flags().StringArrayVar(&options.Own, "own", nil, "a phone number, e-mail address or domain of the practice itself; may be given again")
	cmd.Flags().StringVar(&lang, "lang", "", "the language of the reply: en, es or fr; empty: found out")
	return cmd
}

// gateText prints the verdict on one reply for a person.
func gateText(w io.Writer, g *respond.Gate, o respond.Outgoing) error {
	problems := g.Check(o)
	if len(problems) == 0 {
		_, err := fmt.Fprintln(w, "may be published")
		return err
	}
	if _, err := fmt.Fprintln(w, "may not be published:"); err != nil {
		return err
	}
	for _, p := range problems {
		if _, err := fmt.Fprintf(w, "\n%s\n  %s: %s\n", underline(o.Text, p.Start, p.End), p.Rule, p.Why); err != nil {
			return err
		}
	}
	return errSaid
}

// underline shows the line of text around a place, the place marked below it.
func underline(text string, start, end int) string {
	from := strings.LastIndexByte(text[:start], '\n') + 1
	to := len(text)
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		to = start + n
	}
	end = min(end, to)
	if before := []rune(text[from:start]); len(before) > 50 {
		from = start - len(string(before[len(before)-50:]))
	}
	if after := []rune(text[end:to]); len(after) > 30 {
		to = end + len(string(after[:30]))
	}
	indent := utf8.RuneCountInString(text[from:start])
	width := max(1, min(utf8.RuneCountInString(text[start:end]), 80))
	return "  " + visible(text[from:to]) + "\n  " + strings.Repeat(" ", indent) + strings.Repeat("^", width)
}

// visible replaces what a terminal would obey or hide.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff || r >= 0xe0000 && r <= 0xe0fff {
			return '·'
		}
		return r
	}, s)
}

// gateLine is one line of input.
type gateLine struct {
	ID       json.RawMessage `json:"id"`
	Reply    *string         `json:"reply"`
	Comment  string          `json:"comment"`
	Lang     string          `json:"lang"`
	Platform string          `json:"platform"`
	Staff    []string        `json:"staff"`
	Own      []string        `json:"own"`
}

// gateAnswer is one line of output.
type gateAnswer struct {
	ID       json.RawMessage   `json:"id"`
	OK       bool              `json:"ok"`
	Problems []respond.Problem `json:"problems"`
}

// gateError is the answer to a line that cannot be read.
type gateError struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error"`
}

// gateLines answers each line of standard input as it comes.
func gateLines(cmd *cobra.Command, g *respond.Gate, lang string) error {
	in, out := bufio.NewReader(cmd.InOrStdin()), bufio.NewWriter(cmd.OutOrStdout())
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad := 0
	for n := 1; ; n++ {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read standard input: %w", err)
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			answer := gateAnswerTo(g, text, lang, n)
			if _, failed := answer.(gateError); failed {
				bad++
			}
			if err := enc.Encode(answer); err != nil {
				return fmt.Errorf("write standard output: %w", err)
			}
		}
		if err != nil || in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write standard output: %w", err)
			}
		}
		if err != nil {
			break
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d lines could not be read; each has its error in the output", bad)
	}
	return nil
}

// gateAnswerTo answers one line.
func gateAnswerTo(g *respond.Gate, text []byte, lang string, n int) any {
	var l gateLine
	if err := json.Unmarshal(text, &l); err != nil {
		return gateError{ID: gateID(l.ID), Error: fmt.Sprintf("line %d is not the JSON that gate reads: write {\"id\":...,\"reply\":...}", n)}
	}
	if l.Reply == nil {
		return gateError{ID: gateID(l.ID), Error: fmt.Sprintf("line %d has no reply; write it in the field \"reply\"", n)}
	}
	if l.Lang == "" {
		l.Lang = lang
	}
	problems := g.Check(respond.Outgoing{Text: *l.Reply, Comment: l.Comment, Lang: l.Lang, Platform: l.Platform, Staff: l.Staff, Own: l.Own})
	if problems == nil {
		problems = []respond.Problem{}
	}
	return gateAnswer{ID: gateID(l.ID), OK: len(problems) == 0, Problems: problems}
}

// gateID is the id as it was given, or null.
func gateID(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}
