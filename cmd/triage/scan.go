package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"triage/internal/classify"
	"triage/internal/ingest"
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
256 KB is not judged. Nothing leaves this machine.`,
		Example: `  triage scan comments.csv
  triage scan --format jsonl export.jsonl.gz > verdicts.jsonl
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
	cmd.Flags().StringVar(&s.format, "format", "table", "what to write: table, jsonl or csv")
	cmd.Flags().StringVar(&s.column, "column", "", "the column (or JSON field) that holds the text")
	cmd.Flags().StringVar(&s.failOn, "fail-on", "", "exit 1 if a comment reaches this level: none, possible or clear")
	return cmd
}

// scanRun is one run of the command.
type scanRun struct {
	format, column, failOn string

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

func (s *scanRun) run(cmd *cobra.Command, files []string) error {
	limit, err := s.failLevel()
	if err != nil {
		return err
	}
	if s.out, err = newScanWriter(s.format, cmd.OutOrStdout()); err != nil {
		return err
	}
	if s.classifier, err = classify.New(classify.Options{}); err != nil {
		return err
	}
	if err := readable(files); err != nil {
		return err
	}
	s.progress = newProgress(cmd.ErrOrStderr())
	for _, f := range files {
		if err := s.until(cmd.Context(), f, cmd.InOrStdin(), label(f, len(files))); err != nil {
			return err
		}
	}
	if err := s.out.flush(); err != nil {
		return fmt.Errorf("write verdicts: %w", err)
	}
	s.progress.clear()
	return s.end(cmd.ErrOrStderr(), limit)
}

// until scans a file, but does not wait for a reader that hangs on a terminal
// after the user has interrupted.
func (s *scanRun) until(ctx context.Context, path string, stdin io.Reader, label string) error {
	done := make(chan error, 1)
	go func() { done <- s.file(ctx, path, stdin, label) }()
	select {
	case err := <-done:
		if err != nil {
			s.progress.clear()
			return errors.Join(err, s.out.flush())
		}
		return nil
	case <-ctx.Done():
		return errors.New("scan interrupted: what was written so far is not complete")
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

// readable fails before anything is judged if a file is not there.
func readable(files []string) error {
	for _, f := range files {
		if f == "-" {
			continue
		}
		info, err := os.Stat(f)
		if err != nil {
			return fmt.Errorf("open input: %w; check the file's name", err)
		}
		if info.IsDir() {
			return fmt.Errorf("open input: %s is a directory; name the files in it", f)
		}
	}
	return nil
}

// label tells line numbers of several files apart.
func label(file string, n int) string {
	if n < 2 {
		return ""
	}
	return name(file) + " "
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
		fmt.Fprintf(stderr, "triage: %d inputs could not be read; their lines say why\n", c.errors)
	}
	if reached > 0 {
		fmt.Fprintf(stderr, "triage: %d comments reach the level %s; answer them in private\n", reached, limit)
	}
	if c.errors > 0 || reached > 0 {
		return errSaid
	}
	return nil
}

// batch is a run of records that one worker judges.
type batch struct {
	records []ingest.Record
	verdict []classify.Judgement
	done    chan struct{}
	read    int64
}

const (
	batchRecords = 128
	batchBytes   = 1 << 20
)

// file judges one input on all cores and writes in order. What is in memory
// at once is bounded by the batches under way.
func (s *scanRun) file(ctx context.Context, path string, stdin io.Reader, label string) error {
	rs, err := openRecords(path, stdin, s.column, label)
	if err != nil {
		return err
	}
	defer func() { _ = rs.Close() }()
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan *batch)
	queue := make(chan *batch, 2*runtime.GOMAXPROCS(0))
	g.Go(func() error {
		defer close(work)
		defer close(queue)
		return readBatches(ctx, rs, work, queue)
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for b := range work {
				s.judge(b)
			}
			return nil
		})
	}
	g.Go(func() error { return s.write(ctx, queue, rs.size) })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("scan %s: %w", name(path), err)
	}
	return nil
}

// readBatches hands every batch to the writer first, which keeps the order,
// and then to a worker.
func readBatches(ctx context.Context, rs *records, work, queue chan<- *batch) error {
	for end := false; !end; {
		b := &batch{done: make(chan struct{})}
		for size := 0; len(b.records) < batchRecords && size < batchBytes; {
			rec, err := rs.next()
			if errors.Is(err, io.EOF) {
				end = true
				break
			}
			if err != nil {
				return err
			}
			rec.Raw = nil
			size += len(rec.Text) + len(rec.ID)
			b.records = append(b.records, rec)
		}
		b.read = rs.read.n
		for _, c := range []chan<- *batch{queue, work} {
			select {
			case c <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

func (s *scanRun) judge(b *batch) {
	b.verdict = make([]classify.Judgement, len(b.records))
	for i, rec := range b.records {
		if rec.Err == nil {
			in := commentOf(rec)
			s.classifier.Classify(in, &b.verdict[i])
		}
	}
	close(b.done)
}

func (s *scanRun) write(ctx context.Context, queue <-chan *batch, size int64) error {
	for b := range queue {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for i, rec := range b.records {
			s.add(rec, &b.verdict[i])
			if err := s.out.write(rec, &b.verdict[i]); err != nil {
				return fmt.Errorf("write verdicts: %w", err)
			}
		}
		s.progress.show(s.count.total, b.read, size)
	}
	return nil
}

func (s *scanRun) add(rec ingest.Record, j *classify.Judgement) {
	s.count.total++
	switch {
	case rec.Err != nil:
		s.count.errors++
		return
	case !j.Judged:
		s.count.unjudged++
		return
	}
	s.count.level[j.Level]++
	if j.Urgent {
		s.count.urgent++
	}
	if j.Identifier {
		s.count.identifier++
	}
}
