package instagram

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
)

const (
	commentsAtOnce = 50 // the most that Instagram gives
	peekCalls      = 4  // of a Peek, for one media
)

// extent is how much of a media is read.
type extent int

const (
	everything  extent = iota
	whatChanged        // more than came with it only where the number of comments says so
)

// media is one media under way.
type media struct {
	*reading
	object graph.Object
	id     string
	// below are the comments of which not all replies came, and where they go on.
	below map[string]graph.Params
	// want is how many unknown comments a Peek expects, fresh how many it met.
	want, fresh int
	calls       int
	handing     error // what the receiver of comments said
}

// media hands on the comments of one media, once a sweep. An error ends the
// sweep; what concerns this media alone is kept for its end.
func (r *reading) media(ctx context.Context, o graph.Object, e extent) error {
	m := &media{reading: r, object: o, id: o.Text("id"), below: map[string]graph.Params{}}
	if m.id == "" || r.seen[m.id] {
		return nil
	}
	r.seen[m.id] = true
	first := graph.Within(o, "comments")
	if last, _ := r.counted(m.id); !o.Has("comments") && o.Number("comments_count") != last {
		first.More = graph.Params{} // there are some, or we may not see them
	}
	if err := m.hand(ctx, first); err != nil {
		return err
	}
	if e == everything || m.changed() {
		more, err := m.rest(ctx, first.More)
		if m.handing != nil {
			return m.handing
		}
		if err != nil {
			return r.mishaps.Keep(ctx, err)
		}
		first.More = more
	}
	if first.More == nil && len(m.below) == 0 {
		r.whole = append(r.whole, m.id)
	}
	r.count(m)
	return nil
}

// changed reports whether the number of comments says that something is new
// besides what came with the media.
func (m *media) changed() bool {
	last, counted := m.counted(m.id)
	now := m.object.Number("comments_count")
	switch {
	case !m.object.Has("comments_count"):
		return false
	case m.known == nil:
		return counted && now != last || !counted && m.absent
	case !counted && m.object.Time("timestamp").Before(m.bound):
		return false // nothing to compare with; a sweep will read it
	}
	m.want = now - last
	return m.fresh < m.want
}

// counted is how many comments a media had when they were last read.
func (c *Client) counted(media string) (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok = c.counts[media]
	return n, ok
}

// count remembers how many comments there were when they were read.
func (c *Client) count(m *media) {
	if !m.object.Has("comments_count") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[m.id] = m.object.Number("comments_count")
}

// rest reads the replies that did not come with their comments, and the comments
// from more on, with theirs. What it did not read is in the rest it returns, and
// in below.
func (m *media) rest(ctx context.Context, more graph.Params) (graph.Params, error) {
	if err := m.replies(ctx); err != nil || more == nil || m.enough() {
		return more, err
	}
	l := graph.List{Path: graph.Escape(m.id) + "/comments", After: more, Page: graph.Params{"fields": commentFields, "limit": commentsAtOnce}}
	err := m.api.Walk(ctx, l, func(pg graph.Page) (bool, error) {
		m.calls++
		m.handing = m.hand(ctx, pg)
		more = pg.More
		return m.enough(), m.handing
	})
	if err != nil {
		return more, err
	}
	return more, m.replies(ctx)
}

// replies reads those that did not come with their comments.
func (m *media) replies(ctx context.Context) error {
	for _, top := range slices.Sorted(maps.Keys(m.below)) {
		if m.enough() {
			return nil
		}
		var more graph.Params
		l := graph.List{Path: graph.Escape(top) + "/replies", After: m.below[top], Page: graph.Params{"fields": replyFields, "limit": commentsAtOnce}}
		err := m.api.Walk(ctx, l, func(pg graph.Page) (bool, error) {
			m.calls++
			m.handing = m.give(ctx, m.under(pg.Data, top))
			more = pg.More
			return m.enough(), m.handing
		})
		if err != nil && !(m.handing == nil && graph.Gone(err)) {
			return err
		}
		if delete(m.below, top); more != nil {
			m.below[top] = more
		}
	}
	return nil
}

// enough reports whether a Peek has met all that is new, or spent its calls.
func (m *media) enough() bool {
	return m.known != nil && (m.fresh >= m.want || m.calls >= peekCalls)
}

// hand emits one page of top-level comments, and the replies that came with them.
func (m *media) hand(ctx context.Context, pg graph.Page) error {
	var batch []ingest.Comment
	for _, raw := range pg.Data {
		batch = append(batch, m.under([]json.RawMessage{raw}, "")...)
		o := graph.ObjectOf(raw)
		id, replies := o.Text("id"), graph.Within(o, "replies")
		batch = append(batch, m.under(replies.Data, id)...)
		if id != "" && replies.More != nil {
			m.below[id] = replies.More
		}
	}
	return m.give(ctx, batch)
}

// under turns what was found below top into comments.
func (m *media) under(data []json.RawMessage, top string) []ingest.Comment {
	batch := make([]ingest.Comment, 0, len(data))
	for _, raw := range data {
		c, ok := m.comment(graph.ObjectOf(raw), top)
		if !ok {
			m.odd++
			continue
		}
		if m.known != nil && !m.known(c.Content.Item) {
			m.fresh++
		}
		batch = append(batch, c)
	}
	return batch
}

func (m *media) give(ctx context.Context, batch []ingest.Comment) error {
	if len(batch) == 0 {
		return nil
	}
	return m.emit(ctx, batch)
}
