package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

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

// Comments implements ingest.Sink.
type Comments struct {
	topic *bus.Topic[comment]
	gone  Gone
}

// Publish makes new versions durable, numbered in the order in which they were
// seen. A version that is the newest one already is left out, unless the platform's
// review of it came to something else, and so is what is erased for good.
func (s Comments) Publish(ctx context.Context, batch []ingest.Comment) error {
	all := make([]comment, len(batch))
	for i, c := range batch {
		all[i] = comment{c}
	}
	all = withoutGone(s.gone, all)
	for events := all; len(events) > 0; {
		taken, err := s.topic.Offer(ctx, events)
		if err != nil {
			return err
		}
		if events, err = s.edits(ctx, taken); err != nil {
			return err
		}
	}
	return takeBack(ctx, s.topic, s.gone, all)
}

// withoutGone leaves out the events of what is erased for good.
func withoutGone[T bus.Keyed](gone Gone, events []T) []T {
	return slices.DeleteFunc(events, func(e T) bool { return gone.Has(idOf(e.Key())) })
}

// takeBack erases the events of what was erased while they were published.
func takeBack[T bus.Keyed](ctx context.Context, from *bus.Topic[T], gone Gone, events []T) error {
	for _, e := range events {
		if id := idOf(e.Key()); gone.Has(id) {
			if err := from.Erase(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// edits numbers those of known comments that say something else than before, or
// of which the platform's review says something else.
func (s Comments) edits(ctx context.Context, known []comment) ([]comment, error) {
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
		if last.Version != c.Version || last.Standing != c.Standing {
			c.Edit = last.Edit + 1
			edits = append(edits, c)
			last = c
		}
		newest[c.ID] = last
	}
	return edits, nil
}

// Flow is how many comments wait to be judged and how many were.
func (s Comments) Flow(ctx context.Context) (waiting, through uint64, err error) {
	return s.topic.Flow(ctx, judgeReader)
}

// Count is how many versions of comments were read.
func (s Comments) Count(ctx context.Context) (uint64, error) { return s.topic.Count(ctx) }

// Newest is the number of a comment's newest edit.
func (s Comments) Newest(ctx context.Context, id string) (int, error) {
	last, err := s.topic.Last(ctx, id)
	return last.Edit, err
}

// Consume hands on comments in the order in which they were published. One that
// cannot be handled however often it is tried goes to dead, with its id alone if
// its event cannot even be read.
func (s Comments) Consume(ctx context.Context, h func(context.Context, []ingest.Comment) error, dead Dead) error {
	return s.topic.Consume(ctx, bus.Reader[comment]{
		Name: judgeReader,
		Handle: func(ctx context.Context, events []comment) error {
			batch := make([]ingest.Comment, len(events))
			for i, e := range events {
				batch[i] = e.Comment
			}
			return h(ctx, batch)
		},
		Dead: func(ctx context.Context, l bus.Letter[comment]) error {
			if l.Event == nil {
				return dead(ctx, idOf(l.Key), nil)
			}
			return dead(ctx, l.Event.ID, &l.Event.Comment)
		},
	})
}

// Dead takes what could not be handled; c is nil where only the id is known.
type Dead func(ctx context.Context, id string, c *ingest.Comment) error

// idOf is the id of the comment that a key belongs to.
func idOf(key string) string {
	id, _, _ := strings.Cut(key, ".")
	return id
}

// Verdicts are what was judged, in the order of the comments.
type Verdicts struct {
	topic *bus.Topic[verdict]
	gone  Gone
}

// Publish makes verdicts durable, each once, but for those on what is erased for
// good.
func (s Verdicts) Publish(ctx context.Context, batch []classify.Verdict) error {
	events := make([]verdict, len(batch))
	for i, v := range batch {
		events[i] = verdict{v}
	}
	events = withoutGone(s.gone, events)
	if err := s.topic.Publish(ctx, events); err != nil {
		return err
	}
	return takeBack(ctx, s.topic, s.gone, events)
}

// Flow is how many verdicts wait for the desk and how many it took.
func (s Verdicts) Flow(ctx context.Context) (waiting, through uint64, err error) {
	return s.topic.Flow(ctx, deskReader)
}

// Count is how many verdicts there are.
func (s Verdicts) Count(ctx context.Context) (uint64, error) { return s.topic.Count(ctx) }

// Consume hands on verdicts in the order in which they were published, and to
// dead what cannot be handled.
func (s Verdicts) Consume(ctx context.Context, h func(context.Context, []classify.Verdict) error, dead Dead) error {
	return s.topic.Consume(ctx, bus.Reader[verdict]{
		Name: deskReader,
		Handle: func(ctx context.Context, events []verdict) error {
			batch := make([]classify.Verdict, len(events))
			for i, e := range events {
				batch[i] = e.Verdict
			}
			return h(ctx, batch)
		},
		Dead: func(ctx context.Context, l bus.Letter[verdict]) error {
			if l.Event == nil {
				return dead(ctx, idOf(l.Key), nil)
			}
			return dead(ctx, l.Event.Comment.ID, &l.Event.Comment)
		},
	})
}
