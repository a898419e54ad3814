package main

import (
	"context"
	"strconv"

	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/ingest"
)

// The readers of the topics, under whose names it is kept how far they are.
const (
	judgeReader = "classify"
	deskReader  = "respond"
)

// comment is the event of one version of a comment: one a comment and edit.
type comment struct{ ingest.Comment }

// Key implements bus.Keyed.
func (c comment) Key() string { return c.ID + "." + strconv.Itoa(c.Edit) }

// verdict is the event of one judgement: one a comment and edit.
type verdict struct{ classify.Verdict }

// Key implements bus.Keyed.
func (v verdict) Key() string { return comment{v.Comment}.Key() }

// comments implements ingest.Sink.
type comments struct{ topic *bus.Topic[comment] }

// Publish makes new versions durable, numbered in the order in which they were
// seen. A version that is the newest one already is left out.
func (s comments) Publish(ctx context.Context, batch []ingest.Comment) error {
	events := make([]comment, len(batch))
	for i, c := range batch {
		events[i] = comment{c}
	}
	for len(events) > 0 {
		taken, err := s.topic.Offer(ctx, events)
		if err != nil {
			return err
		}
		if events, err = s.edits(ctx, taken); err != nil {
			return err
		}
	}
	return nil
}

// edits numbers those of known comments that say something else than before.
func (s comments) edits(ctx context.Context, known []comment) ([]comment, error) {
	var edits []comment
	newest := map[string]comment{}
	for _, c := range known {
		last, seen := newest[c.ID]
		if !seen {
			var err error
			if last, err = s.topic.Last(ctx, c.ID); err != nil {
				return nil, err
			}
		}
		if last.Version != c.Version {
			c.Edit = last.Edit + 1
			edits = append(edits, c)
			last = c
		}
		newest[c.ID] = last
	}
	return edits, nil
}

// flow is how many comments wait to be judged and how many were.
func (s comments) flow(ctx context.Context) (waiting, through uint64, err error) {
	return s.topic.Flow(ctx, judgeReader)
}

// Newest is the number of a comment's newest edit.
func (s comments) Newest(ctx context.Context, id string) (int, error) {
	last, err := s.topic.Last(ctx, id)
	return last.Edit, err
}

// Consume hands on comments in the order in which they were published.
func (s comments) Consume(ctx context.Context, h func(context.Context, []ingest.Comment) error) error {
	return s.topic.Consume(ctx, judgeReader, func(ctx context.Context, events []comment) error {
		batch := make([]ingest.Comment, len(events))
		for i, e := range events {
			batch[i] = e.Comment
		}
		return h(ctx, batch)
	})
}

// verdicts are what was judged, in the order of the comments.
type verdicts struct{ topic *bus.Topic[verdict] }

// Publish makes verdicts durable, each once.
func (s verdicts) Publish(ctx context.Context, batch []classify.Verdict) error {
	events := make([]verdict, len(batch))
	for i, v := range batch {
		events[i] = verdict{v}
	}
	return s.topic.Publish(ctx, events)
}

// flow is how many verdicts wait for the desk and how many it took.
func (s verdicts) flow(ctx context.Context) (waiting, through uint64, err error) {
	return s.topic.Flow(ctx, deskReader)
}

// Consume hands on verdicts in the order in which they were published.
func (s verdicts) Consume(ctx context.Context, h func(context.Context, []classify.Verdict) error) error {
	return s.topic.Consume(ctx, deskReader, func(ctx context.Context, events []verdict) error {
		batch := make([]classify.Verdict, len(events))
		for i, e := range events {
			batch[i] = e.Verdict
		}
		return h(ctx, batch)
	})
}
