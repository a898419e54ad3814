package google

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

const (
	reviewsAtOnce = 50
	maxPages      = 2000 // of one list: a server that never ends is not believed
	maxRestarts   = 2    // of a list whose page tokens die under us

	// overlap is for reviews that Google shows days after they were written.
	overlap = 7 * 24 * time.Hour

	// A reply that is looked at by Google is read again for pendingFor, by name
	// no more often than pendingEvery, pendingMost of them in one sweep.
	pendingFor   = 14 * 24 * time.Hour
	pendingEvery = 15 * time.Minute
	pendingMost  = 20

	// manageLink is where the practice's reviews are read and answered by hand.
	manageLink = "https://business.google.com/reviews"
)

// list visits the pages of the location's reviews, last changed first, until
// visit has enough, and reports whether that was all of them.
func (c *Client) list(ctx context.Context, visit func([]object) (done bool, err error)) (all bool, err error) {
	token, seen, restarts := "", map[string]bool{}, 0
	for range maxPages {
		query := url.Values{"pageSize": {strconv.Itoa(reviewsAtOnce)}, "orderBy": {"updateTime desc"}}
		if token != "" {
			query.Set("pageToken", token)
		}
		o, err := c.read(ctx, c.cfg.BaseURL+"/v4/"+c.parent()+"/reviews", query)
		if codeOf(err) == invalidArgument && token != "" && restarts < maxRestarts {
			restarts++
			token, seen = "", map[string]bool{}
			continue
		}
		if err != nil {
			return false, err
		}
		reviews, ok := reviewsIn(o)
		if !ok {
			return false, senseless(0)
		}
		done, err := visit(reviews)
		token = o.text("nextPageToken")
		if done || err != nil || token == "" {
			return token == "", err
		}
		if seen[token] {
			return false, senseless(0)
		}
		seen[token] = true
	}
	return false, senseless(0)
}

// reviewsIn are the reviews on a page; ok is false if it is none. One without any
// is an empty object, or tells at least how many there are elsewhere.
func reviewsIn(page object) (reviews []object, ok bool) {
	if len(page) > 0 && !page.has("reviews") && !page.has("nextPageToken") && !page.has("totalReviewCount") && !page.has("averageRating") {
		return nil, false
	}
	return page.list("reviews")
}

// Sweep reads the reviews that changed since mark, with an overlap, and every
// review when that was not done for long. Replies that Google still looks at are
// read again too, since a review's time does not move with them.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	s := c.newSweep(mark, emit)
	full := mark.Time.IsZero() || c.fullDue(s.started)
	all, err := c.list(ctx, func(page []object) (bool, error) {
		return !full && s.reached(page), s.hand(ctx, page)
	})
	if err == nil {
		err = s.follow(ctx)
	}
	s.sayOdd()
	if err != nil {
		return mark, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.whole = all; all {
		c.fullAt = s.started
	}
	return ingest.Mark{Time: s.started}, nil
}

// Peek implements ingest.Peeker: it ends where a page ends with a review that
// was handed on before.
func (c *Client) Peek(ctx context.Context, mark ingest.Mark, known ingest.Known, emit ingest.Emit) error {
	s := c.newSweep(mark, emit)
	_, err := c.list(ctx, func(page []object) (bool, error) {
		err := s.hand(ctx, page)
		return s.reached(page) || s.last != "" && known(s.last), err
	})
	s.sayOdd()
	return err
}

// Posts implements ingest.Whole: the location is one post, and only a sweep that
// read every review knows what is not there any more.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.whole {
		return nil
	}
	return []string{c.parent()}
}

func (c *Client) fullDue(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fullAt.IsZero() || now.Sub(c.fullAt) >= c.full
}

// sweep is one Sweep or Peek under way.
type sweep struct {
	*Client
	emit    ingest.Emit
	started time.Time
	bound   time.Time // what changed before it was seen
	seen    map[string]bool
	last    string // the item handed on last
	odd     int    // reviews without an id
}

func (c *Client) newSweep(mark ingest.Mark, emit ingest.Emit) *sweep {
	s := &sweep{Client: c, emit: emit, started: c.now().UTC(), seen: map[string]bool{}}
	if !mark.Time.IsZero() {
		s.bound = mark.Time.Add(-overlap)
	}
	return s
}

// reached reports whether a page ends with what was seen before. A review whose
// time cannot be read says nothing.
func (s *sweep) reached(page []object) bool {
	for i := len(page) - 1; i >= 0; i-- {
		if at := page[i].time("updateTime"); !at.IsZero() {
			return !at.After(s.bound)
		}
	}
	return false
}

// hand emits the reviews of a page and the replies to them, each once: pages
// shift while reviews come in.
func (s *sweep) hand(ctx context.Context, page []object) error {
	batch := make([]ingest.Comment, 0, 2*len(page))
	for _, o := range page {
		id := reviewID(o)
		if id == "" {
			s.odd++
			continue
		}
		if s.seen[id] {
			continue
		}
		s.seen[id] = true
		if c, ok := s.comment(id, o); ok {
			batch, s.last = append(batch, c), c.Content.Item
		}
		r, ok := s.reply(id, o)
		if ok {
			batch = append(batch, r)
		}
		s.track(id, r, ok)
	}
	if len(batch) == 0 {
		return nil
	}
	return s.emit(ctx, batch)
}

func (s *sweep) sayOdd() {
	if s.odd > 0 {
		s.log.Warn("reviews without an id were left out", zap.Int("count", s.odd))
	}
}

// reviewID is a review's id, or the last part of its name.
func reviewID(o object) string {
	id := o.text("reviewId")
	if id == "" {
		name := o.text("name")
		id = name[strings.LastIndexByte(name, '/')+1:]
	}
	if strings.Contains(id, "/") {
		return ""
	}
	return id
}

// comment turns a review into ours; ok is false where it is a rating only. One
// that lost its words is handed on, so that the earlier ones are no longer those
// that count.
func (c *Client) comment(id string, o object) (out ingest.Comment, ok bool) {
	reviewer := o.object("reviewer")
	media, _ := o.list("reviewMediaItems")
	created, updated := o.time("createTime"), o.time("updateTime")
	out = ingest.Comment{
		Platform: Platform, Account: c.account, Created: created, Media: len(media) > 0,
		Content: ingest.Content{
			Text: original(o.text("comment")), Item: c.item(id), Post: c.parent(),
			Link: link(o.text("reviewReplyUrl")), Title: stars(o.text("starRating")),
		},
	}
	if !reviewer.flag("isAnonymous") { // else the name is Google's word for nobody
		out.Content.Author = reviewer.text("displayName")
	}
	return out, out.Content.Text != "" || out.Media || updated.After(created)
}

// reply is the practice's reply to a review; ok is false where there is none.
func (c *Client) reply(id string, o object) (out ingest.Comment, ok bool) {
	r := o.object("reviewReply")
	item := c.item(id)
	return ingest.Comment{
		Platform: Platform, Account: c.account, Created: r.time("updateTime"), Own: true, Standing: standing(r.text("reviewReplyState")),
		Content: ingest.Content{
			Text: original(r.text("comment")), Item: replyItem(item), Post: c.parent(), Parent: item,
			Link: link(o.text("reviewReplyUrl")), Title: stars(o.text("starRating")),
		},
	}, r.text("comment") != ""
}

// link is where a person looks at a review.
func link(given string) string {
	if u, err := url.Parse(given); err == nil && u.Scheme == "https" && u.Host != "" {
		return given
	}
	return manageLink
}

// pendingReply is a reply that Google still looked at when it was read last.
type pendingReply struct{ since, looked time.Time }

// track notes whether a reply is still looked at by Google.
func (c *Client) track(id string, r ingest.Comment, there bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if !there || r.Standing != ingest.Pending || now.Sub(r.Created) > pendingFor {
		delete(c.pending, id)
		return
	}
	c.pending[id] = &pendingReply{since: r.Created, looked: now}
}

// follow reads by name those reviews whose reply Google still looks at and which
// the sweep did not meet.
func (s *sweep) follow(ctx context.Context) error {
	for _, id := range s.waiting() {
		o, err := s.read(ctx, s.reviewURL(id), nil)
		var e *ingest.ReadError
		switch {
		case err == nil && reviewID(o) == id:
			err = s.hand(ctx, []object{o})
		case err == nil, errors.As(err, &e) && e.Kind == ingest.Bad, codeOf(err) == notFound:
			s.track(id, ingest.Comment{}, false)
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *sweep) waiting() (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, p := range s.pending {
		switch {
		case s.started.Sub(p.since) > pendingFor:
			delete(s.pending, id)
		case !s.seen[id] && s.started.Sub(p.looked) >= pendingEvery && len(ids) < pendingMost:
			ids = append(ids, id)
		}
	}
	return ids
}
