package x

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

const (
	lookupMost   = 100
	mentionsMost = 800 // of an account, X shows no more
	maxPages     = 100 // of one list: a server that never ends is not believed
	rounds       = 3   // of asking for newer versions
	peekOverlap  = 10 * time.Minute
	authorsMost  = 10000
)

// walk visits the pages of a list to its end, or until visit has enough, and
// counts what it saw.
func (c *Client) walk(ctx context.Context, l list, visit func(page) (enough bool, err error)) (seen int, err error) {
	for range maxPages {
		pg, err := c.api.list(ctx, l)
		if err != nil {
			return seen, err
		}
		seen += len(pg.posts) + pg.odd
		if enough, err := visit(pg); enough || err != nil || pg.more == "" {
			return seen, err
		}
		if pg.more == l.more {
			break
		}
		l.more = pg.more
	}
	return seen, senseless(0)
}

// Sweep reads the mentions of the last days, and what the account itself
// answered. An edit shows as a newer version there; what was handed on before
// and is left out now is asked for by itself, for the edit may have taken the
// account's name out. X shows only the newest 800 mentions.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	s := &sweep{Client: c, emit: emit, seen: map[string]bool{}, threads: map[string]bool{}}
	started := c.now().UTC()
	if !mark.Time.IsZero() {
		s.from = mark.Time.AddDate(0, 0, -c.cfg.Days)
	}
	if err := s.run(ctx); err != nil {
		return mark, err
	}
	s.settle(started)
	return ingest.Mark{Time: started}, nil
}

// Peek reads the mentions since the last sweep that were not handed on yet.
func (c *Client) Peek(ctx context.Context, mark ingest.Mark, known ingest.Known, emit ingest.Emit) error {
	s := &sweep{Client: c, emit: emit, seen: map[string]bool{}, threads: map[string]bool{}}
	l := list{}
	if !mark.Time.IsZero() {
		l.since = idAt(mark.Time.Add(-peekOverlap))
	}
	_, err := c.walk(ctx, l, func(pg page) (bool, error) {
		enough := l.since == "" || slices.ContainsFunc(pg.posts, func(p post) bool { return p.id == p.item() && known(p.item()) })
		return enough, s.hand(ctx, pg)
	})
	return err
}

// Posts implements ingest.Whole: the conversations that began within what the
// last sweep read.
func (c *Client) Posts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.whole
}

// sweep is one Sweep or Peek under way.
type sweep struct {
	*Client
	emit    ingest.Emit
	from    time.Time       // what was made before it is not read; zero: all is
	seen    map[string]bool // items
	threads map[string]bool // conversations of what was handed on
	stale   []string        // newer versions of what was read
	capped  bool            // X did not show all mentions since from
}

func (s *sweep) run(ctx context.Context) error {
	since := ""
	if !s.from.IsZero() {
		since = idAt(s.from)
	}
	hand := func(pg page) (bool, error) { return false, s.hand(ctx, pg) }
	n, err := s.walk(ctx, list{since: since}, hand)
	if err != nil {
		return err
	}
	if s.capped = n >= mentionsMost; s.capped {
		s.log.Warn("X shows no more than its newest mentions: older ones are not read; sweep more often", zap.Int("mentions", n))
	}
	if _, err := s.walk(ctx, list{own: true, since: since}, hand); err != nil {
		return err
	}
	return s.missed(ctx)
}

// hand hands on the posts of a page, each once and as its newest version.
func (s *sweep) hand(ctx context.Context, pg page) error {
	var batch []post
	for _, p := range pg.posts {
		if s.seen[p.item()] {
			continue
		}
		if newer, ok := pg.beside[p.newest()]; ok {
			p = newer
		}
		if p.newest() != p.id {
			s.stale = append(s.stale, p.newest())
			continue
		}
		s.seen[p.item()] = true
		batch = append(batch, p)
	}
	if pg.odd > 0 {
		s.log.Debug("entries that are no posts of their own were left out", zap.Int("count", pg.odd))
	}
	return s.take(ctx, batch)
}

// take hands on what is wanted of a batch.
func (s *sweep) take(ctx context.Context, batch []post) error {
	if err := s.attribute(ctx, batch, (*post).unknownQuoted); err != nil {
		return err
	}
	batch = slices.DeleteFunc(batch, func(p post) bool { return !s.wanted(p) })
	if err := s.attribute(ctx, batch, (*post).unknownStarter); err != nil || len(batch) == 0 {
		return err
	}
	out := make([]ingest.Comment, len(batch))
	for i, p := range batch {
		out[i] = s.comment(p)
	}
	if err := s.emit(ctx, out); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range batch {
		s.threads[p.conversation] = true
		s.recent[p.item()] = sight{p.newest(), p.created}
	}
	return nil
}

// wanted reports whether a post is to be handed on: of the account's own, what
// answers or quotes somebody. While nothing may be inferred, what may not be
// answered is not even kept, unless an earlier version is.
func (s *sweep) wanted(p post) bool {
	if p.author == s.cfg.User {
		return p.answers != "" || p.quotes != ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.recent[p.item()]
	return s.cfg.Inference || s.answerable(p) || known
}

// missed asks for the newer versions of what was read, and for what was handed
// on lately and is left out now.
func (s *sweep) missed(ctx context.Context) error {
	ask := s.stale
	s.mu.Lock()
	for item, m := range s.recent {
		if !s.seen[item] && m.created.After(s.from) {
			ask = append(ask, m.newest)
		}
	}
	s.mu.Unlock()
	for range rounds {
		ids := byAge(ask)
		if ask, s.stale = nil, nil; len(ids) == 0 {
			return nil
		}
		for some := range slices.Chunk(ids, lookupMost) {
			pg, err := s.api.lookup(ctx, some)
			if err != nil {
				return err
			}
			if err := s.hand(ctx, pg); err != nil {
				return err
			}
			s.drop(pg)
		}
		ask = s.stale
	}
	return nil
}

// drop forgets what X does not have any more.
func (s *sweep) drop(pg page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for item, m := range s.recent {
		if pg.missing[m.newest] {
			delete(s.recent, item)
		}
	}
}

// settle remembers what a complete sweep found, and forgets what is too old to
// be looked at again.
func (s *sweep) settle(started time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.whole = s.whole[:0:0]
	for thread := range s.threads {
		if !s.capped && madeAt(thread).After(s.from) {
			s.whole = append(s.whole, thread)
		}
	}
	oldest := started.AddDate(0, 0, -s.cfg.Days)
	for item, m := range s.recent {
		if m.created.Before(oldest) {
			delete(s.recent, item)
		}
	}
}
