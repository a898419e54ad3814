package facebook

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"time"

	fb "github.com/huandu/facebook/v2"
	"go.uber.org/zap"

	"triage/internal/ingest"
)

const (
	commentFields = "id,message,created_time,from{id,name},parent{id},attachment{type},is_hidden,can_hide,can_reply_privately,permalink_url"
	postFields    = "id,message,created_time,comments.limit(50).filter(stream).order(chronological){" + commentFields + "}"

	postsAtOnce    = 50
	commentsAtOnce = 100
	fewestAtOnce   = 5
	maxPages       = 1000 // of one list: a server that never ends is not believed
	maxRestarts    = 3    // of a list whose cursors die under us
	maxFailures    = 3    // of single posts in one sweep
	overlap        = 24 * time.Hour
	privateWindow  = 7 * 24 * time.Hour
	titleLength    = 80 // characters
	refusedFor     = time.Hour
)

// read makes one GET and gives the object that came back.
func (c *Client) read(ctx context.Context, path string, p params) (object, error) {
	x := c.call(ctx, fb.GET, path, p)
	o := objectOf(x.Body)
	if err := c.readError(x, o); err != nil {
		return nil, err
	}
	return o, nil
}

// escape makes an id one part of a path, whatever is in it.
func escape(id string) string { return url.PathEscape(id) }

// list is one to be walked: its path, how its pages are asked for, and where to
// begin (nil: at the start).
type list struct {
	path        string
	page, after params
}

// walk visits the pages of a list to its end. When a cursor died because its item was deleted, it starts over; when
// Facebook finds the answer too large, it asks for half.
func (c *Client) walk(ctx context.Context, l list, visit func(page) (bool, error)) error {
	p, more := maps.Clone(l.page), l.after
	restarts := 0
	for range maxPages {
		asked := maps.Clone(p)
		maps.Copy(asked, more)
		o, err := c.read(ctx, l.path, asked)
		limit, _ := p["limit"].(int)
		switch code := codeOf(err); {
		case err == nil:
		case code == "1" && limit > fewestAtOnce:
			p["limit"] = max(fewestAtOnce, limit/2)
			continue
		case strings.HasPrefix(code+"/", "100/") && len(more) > 0 && restarts < maxRestarts:
			restarts++
			more = nil
			continue
		default:
			return err
		}
		pg, ok := pageOf(o)
		if !ok || len(more) > 0 && pg.more.same(more) {
			return c.senseless(0)
		}
		if done, err := visit(pg); done || err != nil || pg.more == nil {
			return err
		}
		more = pg.more
	}
	return c.senseless(0)
}

// Sweep reads every comment under the newest posts, and under all posts made
// since mark. Comments carry no time of their last edit, so they are all read
// again each time. One post that cannot be read does not hide the others.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	started := c.now().UTC()
	s := &sweep{Client: c, emit: emit, seen: map[string]bool{}}
	if !mark.Time.IsZero() {
		s.bound = mark.Time.Add(-overlap)
	}
	err := s.run(ctx)
	if err == nil && len(s.failures) > 0 {
		err = s.failures[0]
	}
	if err != nil {
		return mark, err
	}
	c.mu.Lock()
	c.whole = s.whole
	c.mu.Unlock()
	return ingest.Mark{Time: started}, nil
}

// Posts implements ingest.Whole.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// sweep is one Sweep under way.
type sweep struct {
	*Client
	emit     ingest.Emit
	bound    time.Time // posts made after it are read however many they are
	seen     map[string]bool
	whole    []string // posts that were read to their end
	failures []error  // of single posts
	odd      int      // comments without an id
}

// run reads the feed, then the lists that not every token may read.
func (s *sweep) run(ctx context.Context) error {
	err := s.posts(ctx, "feed")
	for _, name := range []string{"visitor_posts", "ads_posts"} {
		if err != nil || s.skips(name) {
			continue
		}
		if err = s.posts(ctx, name); s.optional(err) {
			s.refuse(name, err)
			err = nil
		}
	}
	if s.odd > 0 {
		s.log.Warn("comments without an id were left out", zap.Int("count", s.odd))
	}
	return err
}

// optional reports whether err only says that we may not read a list.
func (s *sweep) optional(err error) bool {
	return kindOf(err) == ingest.Forbidden || strings.HasPrefix(codeOf(err)+"/", "100/")
}

// skips reports whether a list was refused recently, to save calls.
func (c *Client) skips(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.refused[name]
	return ok && c.now().Sub(at) < refusedFor
}

// refuse remembers that a list may not be read, and says so once.
func (c *Client) refuse(name string, err error) {
	c.mu.Lock()
	_, known := c.refused[name]
	c.refused[name] = c.now()
	c.mu.Unlock()
	if !known {
		c.log.Warn("a list of posts may not be read and is left out", zap.String("list", name), zap.String("code", codeOf(err)))
	}
}

// posts reads the posts of a list, newest first, until enough were seen.
func (s *sweep) posts(ctx context.Context, name string) error {
	listed := map[string]bool{} // a list that starts over repeats itself
	p := params{"fields": postFields, "limit": min(s.cfg.Posts, postsAtOnce)}
	return s.walk(ctx, list{path: s.cfg.Page + "/" + name, page: p}, func(pg page) (bool, error) {
		for _, raw := range pg.data {
			post := objectOf(raw)
			if err := s.post(ctx, post); err != nil {
				return true, err
			}
			listed[post.text("id")] = true
			recent := !s.bound.IsZero() && post.time("created_time").After(s.bound)
			if len(listed) >= maxPosts || len(listed) >= s.cfg.Posts && !recent {
				return true, nil
			}
		}
		return false, nil
	})
}

// post hands on the comments of one post, once a sweep. An error ends the
// sweep; what concerns this post alone is kept for its end.
func (s *sweep) post(ctx context.Context, post object) error {
	id := post.text("id")
	if id == "" || s.seen[id] {
		return nil
	}
	s.seen[id] = true
	first, more := page{}, params(nil)
	if post.has("comments") {
		var ok bool
		if first, ok = pageOf(post.object("comments")); ok {
			more = first.more
		} else {
			first, more = page{}, params{} // read it by hand from the start
		}
	}
	if err := s.hand(ctx, post, first); err != nil {
		return err
	}
	if more == nil {
		s.whole = append(s.whole, id)
		return nil
	}
	var handing error
	p := params{"fields": commentFields, "filter": "stream", "order": "chronological", "limit": commentsAtOnce}
	err := s.walk(ctx, list{path: escape(id) + "/comments", page: p, after: more}, func(pg page) (bool, error) {
		handing = s.hand(ctx, post, pg)
		return false, handing
	})
	switch {
	case handing != nil:
		return handing
	case err == nil:
		s.whole = append(s.whole, id)
	}
	return s.keep(ctx, err)
}

// keep decides whether a post's failure ends the sweep.
func (s *sweep) keep(ctx context.Context, err error) error {
	if err == nil || codeOf(err) == goneCode {
		return nil
	}
	var e *ingest.ReadError
	whole := !errors.As(err, &e) || e.Kind == ingest.Dead || e.Kind == ingest.Throttled || e.Status == 0 && e.Kind == ingest.Temporary
	if whole || ctx.Err() != nil || len(s.failures)+1 >= maxFailures {
		return err
	}
	s.failures = append(s.failures, err)
	return nil
}

// hand emits one page of comments.
func (s *sweep) hand(ctx context.Context, post object, pg page) error {
	batch := make([]ingest.Comment, 0, len(pg.data))
	for _, raw := range pg.data {
		if c, ok := s.comment(raw, post); ok {
			batch = append(batch, c)
		} else {
			s.odd++
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return s.emit(ctx, batch)
}

// comment turns Facebook's shape into ours; ok is false without an id.
func (c *Client) comment(raw json.RawMessage, post object) (out ingest.Comment, ok bool) {
	o := objectOf(raw)
	from := o.object("from")
	out = ingest.Comment{
		Platform: Platform, Account: c.account, Created: o.time("created_time"),
		Own: c.own(o), Media: o.has("attachment"), Hidden: o.flag("is_hidden"), CanHide: o.flag("can_hide"),
		Content: ingest.Content{
			Text: o.text("message"), Author: from.text("name"), AuthorID: from.text("id"),
			Item: o.text("id"), Post: post.text("id"), Parent: o.object("parent").text("id"),
			Link: o.text("permalink_url"), Title: title(post.text("message")),
		},
	}
	if o.flag("can_reply_privately") && !out.Own && !out.Created.IsZero() {
		out.PrivateUntil = out.Created.Add(privateWindow)
	}
	return out, out.Content.Item != ""
}

// own reports whether the Page wrote it. Facebook may not say who wrote it:
// then it counts as somebody else's.
func (c *Client) own(o object) bool { return o.object("from").text("id") == c.cfg.Page }

// title is the beginning of a post's text.
func title(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > titleLength {
		return string(runes[:titleLength-1]) + "…"
	}
	return string(runes)
}
