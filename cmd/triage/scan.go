package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/classify"
	"triage/internal/ingest/file"
)

func scanCommand() *cobra.Command {
	s := &scanRun{}
	cmd := &cobra.Command{
		Use:   "scan [flags] FILE...",
		Short: "Classify an export of comments",
		Long: `scan reads comments from JSONL (fields id and text), CSV with a header, or plain
text with one comment a line, each of them possibly compressed by gzip, and
writes one line for each in the same order. A FILE of - is standard input.

What cannot be read gets a line with an error, and the exit code is 1. Bytes
that are not UTF-8 are replaced before a text is judged; a text longer than
256 KB is not judged. Nothing leaves this machine.

With --format html it writes one page instead: what a whole history of comments
says and what watching it would have cost, with charts, by month and platform
where the input has the fields or columns created (or date, time) and platform.
The page needs nothing but a browser and does not hold the words of a comment.`,
		Example: `  triage scan comments.csv
  triage scan --format jsonl export.jsonl.gz > verdicts.jsonl
  triage scan --format html --look 30s 2024.csv 2025.csv > report.html
  triage scan --column Feedback --fail-on clear feedback.csv
  echo "Lovely staff, easy parking" | triage scan -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("%w: scan needs a FILE, or - for standard input; see triage scan --help", errUsage)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd, args) },
	}
	cmd.Flags().StringVar(&s.format, "format", "table", "what to write: table, jsonl, csv or html")
	cmd.Flags().StringVar(&s.column, "column", "", "the column (or JSON field) that holds the text")
	cmd.Flags().StringVar(&s.failOn, "fail-on", "", "exit 1 if a comment reaches this level: none, possible or clear")
	cmd.Flags().DurationVar(&s.look, "look", 40*time.Second, "how long somebody looks at one comment, for the costs in the html report")
	return cmd
}

// scanRun is one run of the command.
type scanRun struct {
	format, column, failOn string
	look                   time.Duration

	classifier *classify.Classifier
	out        scanWriter
	progress   *progress
	count      tally
}

// tally is what the summary says.
type tally struct {
	total, unjudged, urgent, identifier, errors int
	level                                       [3]int
}

// input is one file of a run.
type input struct {
	path string
	n    int // its place among the files, from 0
	// label goes before line numbers that stand in for ids.
	label string
}

// entry is a record with what the report counts beside the verdict.
type entry struct {
	file.Record
	input int
	origin
}

func (s *scanRun) run(cmd *cobra.Command, files []string) error {
	limit, err := s.failLevel()
	if err != nil {
		return err
	}
	if s.out, err = s.writer(cmd.OutOrStdout(), files); err != nil {
		return err
	}
	if s.classifier, err = classify.New(classify.Options{}); err != nil {
		return err
	}
	if err := readable(files); err != nil {
		return err
	}
	s.progress = newProgress(cmd.ErrOrStderr())
	for i, f := range files {
		if err := s.until(cmd.Context(), input{f, i, label(f, len(files))}, cmd.InOrStdin()); err != nil {
			return err
		}
	}
	if err := s.out.end(nil); err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	s.progress.clear()
	return s.end(cmd.ErrOrStderr(), limit)
}

// until scans a file, but does not wait for a reader that hangs on a terminal
// after the user has interrupted.
func (s *scanRun) until(ctx context.Context, in input, stdin io.Reader) error {
	done := make(chan error, 1)
	go func() { done <- s.file(ctx, in, stdin) }()
	select {
	case err := <-done:
		if err != nil {
			s.progress.clear()
			return errors.Join(err, s.out.end(err))
		}
		return nil
	case <-ctx.Done():
		err := errors.New("scan interrupted: what was written so far is not complete")
		if r, ok := s.out.(*scanReport); ok {
			return errors.Join(err, r.end(err))
		}
		return err
	}
}

func (s *scanRun) failLevel() (classify.Level, error) {
	if s.failOn == "" {
		return classify.Clear + 1, nil
	}
	var l classify.Level
	if err := l.UnmarshalText([]byte(s.failOn)); err != nil {
		return 0, fmt.Errorf("%w: --fail-on: %v", errUsage, err)
	}
	return l, nil
}

// end prints the summary and decides the exit code.
func (s *scanRun) end(stderr io.Writer, limit classify.Level) error {
	c := s.count
	fmt.Fprintf(stderr, "%d comments: %d clear, %d possible, %d none; %d urgent, %d with an identifier, %d not judged, %d errors\n",
		c.total, c.level[classify.Clear], c.level[classify.Possible], c.level[classify.None], c.urgent, c.identifier, c.unjudged, c.errors)
	reached := 0
	for l := classify.None; l <= classify.Clear; l++ {
		if l >= limit {
			reached += c.level[l]
		}
	}
	if c.errors > 0 {
		where := "their lines say why"
		if s.format == "html" {
			where = "scan with --format jsonl to see which, and why"
		}
		fmt.Fprintf(stderr, "triage: %d inputs could not be read; %s\n", c.errors, where)
	}
	if reached > 0 {
		fmt.Fprintf(stderr, "triage: %d comments reach the level %s; answer them in private\n", reached, limit)
	}
	if c.errors > 0 || reached > 0 {
		return errSaid
	}
	return nil
}

// add counts one comment, or one that could not be read.
func (c *tally) add(err error, j *classify.Judgement) {
	c.total++
	switch {
	case err != nil:
		c.errors++
		return
	case !j.Judged:
		c.unjudged++
		return
	}
	c.level[j.Level]++
	if j.Urgent {
		c.urgent++
	}
	if j.Identifier {
		c.identifier++
	}
}
