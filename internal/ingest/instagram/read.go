package instagram

import (
	"context"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

const (
	mediaAtOnce = 50
	overlap     = 3 * 24 * time.Hour
	absence     = 12 * time.Hour // more than lies between two sweeps
)

// Sweep reads every comment and reply under the newest media, and under all made
// since mark or in the three days before: a reply under an old comment shows nowhere
// else. Of the 50 media before them it reads the newest comments, and all where
// the number of comments has changed since the sweep before, or nobody looked for
// half a day. One media that cannot be read does not hide the others.
//
// With up to 50 configured media of up to 50 comments each, and up to 50 replies
// to each comment, it makes two calls, and once a day a third to learn the
// account's name. Each further 50 media, 50 comments of a media, or 50 replies
// to a comment are one more.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	started := c.now().UTC()
	r := &reading{Client: c, emit: emit, seen: map[string]bool{}, bound: started.Add(-overlap)}
	if !mark.Time.IsZero() && mark.Time.Before(started) {
		r.bound, r.absent = mark.Time.Add(-overlap), started.Sub(mark.Time) > absence
	}
	if err := r.run(ctx, r.sweep); err != nil {
		return mark, err
	}
	c.mu.Lock()
	c.whole = r.whole
	c.mu.Unlock()
	return ingest.Mark{Time: started}, nil
}

// Peek reads the ten newest comments under each of the newest media, at most 50,
// with ten replies to each. Where the number of comments of a media grew by more
// than what was new among them, it looks on, up to four calls for one media.
//
// It makes one call where nothing is new elsewhere, and once a day a second to
// learn the account's name.
func (c *Client) Peek(ctx context.Context, mark ingest.Mark, known ingest.Known, emit ingest.Emit) error {
	if known == nil {
		known = func(string) bool { return false }
	}
	r := &reading{Client: c, emit: emit, known: known, seen: map[string]bool{}, bound: c.now()}
	if !mark.Time.IsZero() {
		r.bound = mark.Time
	}
	return r.run(ctx, r.peek)
}

// Posts implements ingest.Whole.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// reading is one Sweep or Peek under way.
type reading struct {
	*Client
	us      self
	emit    ingest.Emit
	known   ingest.Known // nil: a Sweep
	bound   time.Time    // Sweep reads all media made after it; for Peek they are new
	absent  bool         // nobody looked for long
	seen    map[string]bool
	whole   []string // media that were read to their end
	mishaps graph.Mishaps
	odd     int // comments without an id
}

// run reads, and tells the first of what went wrong.
func (r *reading) run(ctx context.Context, read func(context.Context) error) (err error) {
	if r.us, err = r.self(ctx); err != nil {
		return err
	}
	err = read(ctx)
	if r.odd > 0 {
		r.log.Warn("comments without an id were left out", zap.Int("count", r.odd))
	}
	if err == nil {
		err = r.mishaps.Err()
	}
	return err
}

// peek reads the newest comments of the newest media.
func (r *reading) peek(ctx context.Context) error {
	return r.some(ctx, graph.List{Page: graph.Params{"limit": min(r.cfg.Media, mediaAtOnce)}})
}

// sweep reads the media, newest first, until enough were seen, and looks at some
// older ones.
func (r *reading) sweep(ctx context.Context) error {
	listed := map[string]bool{} // a list that starts over repeats itself
	var recent bool
	var older graph.Params
	p := graph.Params{"fields": sweepFields, "limit": min(r.cfg.Media, mediaAtOnce)}
	err := r.api.Walk(ctx, graph.List{Path: r.cfg.Account + "/media", Page: p}, func(pg graph.Page) (bool, error) {
		for _, raw := range pg.Data {
			o := graph.ObjectOf(raw)
			if err := r.media(ctx, o, everything); err != nil {
				return true, err
			}
			listed[o.Text("id")] = true
			recent = o.Time("timestamp").After(r.bound)
		}
		enough := len(listed) >= r.cfg.Media && !recent
		if enough {
			older = pg.More
		}
		return enough, nil
	})
	if err != nil || older == nil {
		return err
	}
	return r.some(ctx, graph.List{Page: graph.Params{"limit": mediaAtOnce}, After: older})
}

// some reads one page of media with their newest comments, and goes on only
// where the number of comments says that there is something else.
func (r *reading) some(ctx context.Context, l graph.List) error {
	l.Path, l.Page["fields"] = r.cfg.Account+"/media", peekFields
	return r.api.Walk(ctx, l, func(pg graph.Page) (bool, error) {
		for _, raw := range pg.Data {
			if err := r.media(ctx, graph.ObjectOf(raw), whatChanged); err != nil {
				return true, err
			}
		}
		return true, nil
	})
}
