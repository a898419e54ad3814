package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"triage/internal/classify"
)

// batch is a run of records that one worker judges; it is used again when it
// was written.
type batch struct {
	records []entry
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
func (s *scanRun) file(ctx context.Context, in input, stdin io.Reader) error {
	rs, err := openRecords(in.path, stdin, s.column, in.label)
	if err != nil {
		return err
	}
	defer func() { _ = rs.Close() }()
	if s.format == "html" {
		rs.withOrigin()
	}
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan *batch)
	queue := make(chan *batch, 2*runtime.GOMAXPROCS(0))
	spare := make(chan *batch, cap(queue))
	g.Go(func() error {
		defer close(work)
		defer close(queue)
		return readBatches(ctx, rs, in.n, spare, queue, work)
	})
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for b := range work {
				s.judge(b)
			}
			return nil
		})
	}
	g.Go(func() error { return s.write(ctx, queue, spare, rs.size) })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("scan %s: %w", name(in.path), err)
	}
	return nil
}

// readBatches hands every batch to the writer first, which keeps the order,
// and then to a worker.
func readBatches(ctx context.Context, rs *records, input int, spare <-chan *batch, to ...chan<- *batch) error {
	for end := false; !end; {
		b := newBatch(spare)
		for size := 0; len(b.records) < batchRecords && size < batchBytes; {
			rec, err := rs.next()
			if errors.Is(err, io.EOF) {
				end = true
				break
			}
			if err != nil {
				return err
			}
			e := entry{rec, input, rs.origin(rec)}
			e.Raw = nil
			size += len(rec.Text) + len(rec.ID)
			b.records = append(b.records, e)
		}
		b.read = rs.read.n
		for _, c := range to {
			select {
			case c <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// newBatch is a spare one if there is any.
func newBatch(spare <-chan *batch) *batch {
	b := &batch{}
	select {
	case b = <-spare:
	default:
		b.records, b.verdict = make([]entry, 0, batchRecords), make([]classify.Judgement, batchRecords)
	}
	b.done = make(chan struct{})
	return b
}

func (s *scanRun) judge(b *batch) {
	for i := range b.records {
		if rec := &b.records[i]; rec.Err == nil {
			s.classifier.Classify(commentOf(rec.Record), &b.verdict[i])
		}
	}
	close(b.done)
}

// write writes batches in order and puts them aside.
func (s *scanRun) write(ctx context.Context, queue <-chan *batch, spare chan<- *batch, size int64) error {
	for b := range queue {
		select {
		case <-b.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		for i, rec := range b.records {
			s.count.add(rec.Err, &b.verdict[i])
			if err := s.out.write(rec, &b.verdict[i]); err != nil {
				return fmt.Errorf("write verdicts: %w", err)
			}
		}
		s.progress.show(s.count.total, b.read, size)
		clear(b.records) // which may be long
		b.records = b.records[:0]
		select {
		case spare <- b:
		default:
		}
	}
	return nil
}
