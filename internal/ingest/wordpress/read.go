package wordpress

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

const (
	sweepPage  = 100 // comments a page; WordPress gives no more
	peekPage   = 20
	maxPages   = 1000 // of one list: a site that never ends is not believed
	maxBack    = 20   // pages read again because comments went meanwhile
	overlap    = 24 * time.Hour
	timeLayout = "2006-01-02T15:04:05Z" // without a zone, WordPress takes it for its own local time
)

// fields are asked for and no others, for each costs the site time.
const fields = "id,post,parent,author,author_name,author_email,date_gmt,content,link,status,type"

// Sweep reads every comment of the last days, and since mark if that is longer
// ago. Comments carry no time of their last edit, so all are read again each
// time.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	started := c.now().UTC()
	me, err := c.me(ctx)
	if err != nil {
		return mark, err
	}
	s := &sweep{Client: c, me: me, emit: emit, posts: map[string]bool{}}
	after := c.since(mark)
	for _, status := range c.statuses() {
		l := list{status: status, query: url.Values{"order": {"asc"}, "after": {after.Format(timeLayout)}}, size: sweepPage}
		if err := s.walk(ctx, l, s.hand); err != nil {
			return mark, err
		}
	}
	s.sayOdd()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole = slices.Sorted(maps.Keys(s.posts))
	return ingest.Mark{Time: started}, nil
}

// since is from when on everything is read.
func (c *Client) since(mark ingest.Mark) time.Time {
	since := c.now().UTC().AddDate(0, 0, -c.cfg.Days)
	if before := mark.Time.UTC().Add(-overlap); !mark.Time.IsZero() && before.Before(since) {
		return before
	}
	return since
}

// statuses are the lists that make up all comments: "all" is what is to be seen
// and what waits for approval.
func (c *Client) statuses() []string {
	if c.cfg.Spam {
		return []string{"all", "spam"}
	}
	return []string{"all"}
}

// Posts implements ingest.Whole: the posts under which the last sweep found
// something. What is older than a sweep looks back is asked for by its id, if it
// is still kept.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// Peek implements ingest.Peeker: newest ids first, for the times of comments can
// be changed. Where nothing is known it ends with a page on which everything is
// older than mark.
func (c *Client) Peek(ctx context.Context, mark ingest.Mark, known ingest.Known, emit ingest.Emit) error {
	me, err := c.me(ctx)
	if err != nil {
		return err
	}
	s := &sweep{Client: c, me: me, emit: emit, posts: map[string]bool{}}
	bound := c.since(mark)
	if !mark.Time.IsZero() {
		bound = mark.Time.Add(-overlap)
	}
	mine := map[string]bool{} // known because they were just handed on
	for _, status := range c.statuses() {
		l := list{status: status, query: url.Values{"order": {"desc"}}, size: peekPage}
		err := s.walk(ctx, l, func(ctx context.Context, l list, items []object) (bool, error) {
			enough, old := false, len(items) > 0
			for _, o := range items {
				enough = enough || !mine[o.id("id")] && known(o.id("id"))
				old = old && o.time("date_gmt").Before(bound)
				mine[o.id("id")] = true
			}
			_, err := s.hand(ctx, l, items)
			return enough || old, err
		})
		if err != nil {
			return err
		}
	}
	s.sayOdd()
	return nil
}

// list is one to be walked: comments of a status, in the order of their ids.
type list struct {
	status string
	query  url.Values
	size   int // of a page
}

// asked is the query for a page, from 1.
func (l list) asked(page int) url.Values {
	q := url.Values{"context": {"edit"}, "type": {"comment"}, "status": {l.status}, "orderby": {"id"},
		"per_page": {strconv.Itoa(l.size)}, "page": {strconv.Itoa(page)}, "_fields": {fields}}
	for name, values := range l.query {
		q[name] = values
	}
	return q
}

// page is one page of a list.
type page struct {
	items []object
	pages int // how many there are
	total int // how many comments there are; -1: not told
}

// page reads a page.
func (c *Client) page(ctx context.Context, query url.Values) (page, error) {
	x, err := c.get(ctx, "wp/v2/comments", query)
	if err != nil {
		return page{}, err
	}
	raw, ok := listOf(x.Body)
	items := objects(raw)
	if !ok || len(items) > 0 && !slices.ContainsFunc(items, func(o object) bool { return o.id("id") != "" }) {
		return page{}, c.nonsense(x.Status)
	}
	p := page{items: items, total: header(x.Header, "X-WP-Total"), pages: header(x.Header, "X-WP-TotalPages")}
	if p.pages < 0 {
		return p, &ingest.ReadError{Kind: ingest.Bad, Status: x.Status,
			Why: "the answer does not say how many pages there are; ask whoever hosts the site to let WordPress' own headers through, X-WP-TotalPages above all"}
	}
	return p, nil
}

func objects(raw []json.RawMessage) []object {
	out := make([]object, 0, len(raw))
	for _, r := range raw {
		out = append(out, objectOf(r))
	}
	return out
}

// header reads a count; -1 if there is none.
func header(h http.Header, name string) int {
	n, err := strconv.Atoi(h.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// walk visits the pages of a list to its end, which only the number of pages
// tells: comments that we may not see leave short and empty pages. When comments
// go while we read, those behind them move up: then it goes back as far.
func (c *Client) walk(ctx context.Context, l list, visit func(context.Context, list, []object) (bool, error)) error {
	seen, last, furthest, back := map[string]bool{}, -1, 0, 0
	for at, n := 1, 0; n < maxPages; n++ {
		p, err := c.page(ctx, l.asked(at))
		if err != nil {
			return err
		}
		fresh := len(p.items) == 0 || p.total > last // or newer ones came before them
		for _, o := range p.items {
			fresh = fresh || !seen[o.id("id")]
			seen[o.id("id")] = true
		}
		if !fresh && at > furthest && at < p.pages {
			return &ingest.ReadError{Kind: ingest.Bad, Why: "every page of the list is the same, so not all comments could be read; ask whoever hosts the site to keep the REST API out of the cache"}
		}
		if done, err := visit(ctx, l, p.items); done || err != nil {
			return err
		}
		furthest = max(furthest, at)
		gone := last - p.total
		last = p.total
		switch {
		case p.total >= 0 && gone > 0 && at > 1 && back < maxBack:
			back++
			at = max(1, at-(gone+l.size-1)/l.size)
		case at >= p.pages:
			return nil
		default:
			at++
		}
	}
	return senseless(0)
}

// sweep is one Sweep or Peek under way.
type sweep struct {
	*Client
	me    user
	emit  ingest.Emit
	posts map[string]bool // under which something was found
	odd   int             // comments without an id
	// untitled: titles cannot be read now.
	untitled bool
}

// hand emits a page of comments.
func (s *sweep) hand(ctx context.Context, l list, items []object) (done bool, err error) {
	s.untitled = s.untitled || !s.learnTitles(ctx, l.status, items)
	batch := make([]ingest.Comment, 0, len(items))
	for _, o := range items {
		switch {
		case o.id("id") == "":
			s.odd++
		case !o.has("type") || o.text("type") == "comment": // others are links from elsewhere
			batch = append(batch, s.comment(o, s.me))
			if post := o.id("post"); post != "" {
				s.posts[post] = true
			}
		}
	}
	if len(batch) == 0 {
		return false, nil
	}
	return false, s.emit(ctx, batch)
}

func (s *sweep) sayOdd() {
	if s.odd > 0 {
		s.log.Warn("comments without an id were left out", zap.Int("count", s.odd))
	}
}
