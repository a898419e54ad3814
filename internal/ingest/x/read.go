package x

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

const (
	lookupMost  = 100
	rounds      = 3 // of asking for newer versions
	peekOverlap = 10 * time.Minute

	// mentionsMost: of an account's mentions X shows the newest 800, and leaves
	// those out of them that were deleted.
	mentionsMost = 720
	// againMost is how many posts are asked for by themselves in one round.
	againMost = 1000
	// recentMost and authorsMost are how many posts, and authors, are remembered.
	recentMost  = 20000
	authorsMost = 10000
)

// Sweep reads the mentions of the last days, and what the account itself
// answered. An edit shows as a newer version there; what was handed on before
// and is left out now is asked for by itself, for the edit may have taken the
// account's name out. X shows only the newest 800 mentions: if that may have cost
// any, the log says so.
func (c *Client) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	s := &sweep{Client: c, emit: emit, seen: map[string]bool{}, threads: map[string]bool{}}
	started := c.now().UTC()
	if s.mark = mark.Time; s.mark.After(started) { // by a clock that was wrong
		s.mark = started
	}
	if !s.mark.IsZero() {
		s.from = s.mark.AddDate(0, 0, -c.cfg.Days)
	}
	err := s.run(ctx)
	s.sayOdd()
	if err != nil {
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
	enough := false
	n, err := c.walk(ctx, l, func(pg page) (bool, error) {
		s.span(pg)
		enough = slices.ContainsFunc(pg.posts, func(p post) bool { return p.id == p.item() && !s.seen[p.id] && known(p.id) })
		return enough || l.since == "", s.hand(ctx, pg)
	})
	s.sayOdd()
	if err == nil && (enough || l.since != "" && n < mentionsMost) {
		s.reached()
	}
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
	mark    time.Time       // of the last sweep; zero: there was none
	from    time.Time       // what was made before it is not read; zero: all is
	seen    map[string]bool // items
	threads map[string]bool // conversations of what was handed on
	stale   []string        // newer versions of what was read
	capped  bool            // X did not show all mentions since from
	odd     int             // entries that are no posts
	// newest and oldest are when the mentions at the ends of the list were made.
	newest, oldest time.Time
}

func (s *sweep) run(ctx context.Context) error {
	since := ""
	if !s.from.IsZero() {
		since = idAt(s.from)
	}
	n, err := s.walk(ctx, list{since: since}, func(pg page) (bool, error) {
		s.span(pg)
		return false, s.hand(ctx, pg)
	})
	if err != nil {
		return err
	}
	if s.capped = n >= mentionsMost; s.capped {
		s.sayGap()
	}
	s.reached()
	if _, err := s.walk(ctx, list{own: true, since: since}, func(pg page) (bool, error) { return false, s.hand(ctx, pg) }); err != nil {
		return err
	}
	return s.missed(ctx)
}

// span takes note of how far a page of mentions goes.
func (s *sweep) span(pg page) {
	if n := len(pg.posts); n > 0 {
		s.oldest = madeAt(pg.posts[n-1].id)
		if s.newest.IsZero() {
			s.newest = madeAt(pg.posts[0].id)
		}
	}
}

// reached remembers up to when mentions were read without a gap.
func (s *sweep) reached() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.newest.After(s.upTo) {
		s.upTo = s.newest
	}
}

// sayGap says so where X shows too few mentions to reach back to those that were
// read before.
func (s *sweep) sayGap() {
	s.mu.Lock()
	before := s.upTo
	s.mu.Unlock()
	if before.IsZero() {
		before = s.mark
	}
	if s.oldest.After(before) {
		s.log.Warn("X shows no more than its newest mentions: those made between these times may not have been read, look for them by hand on x.com",
			zap.Time("from", before), zap.Time("to", s.oldest))
	}
}

func (s *sweep) sayOdd() {
	if s.odd > 0 {
		s.log.Warn("entries that are no posts were left out", zap.Int("count", s.odd))
	}
}

// hand hands on the posts of a page, each once and as its newest version.
func (s *sweep) hand(ctx context.Context, pg page) error {
	var batch []post
	for _, p := range pg.posts {
		if s.seen[p.item()] {
			continue
		}
		if newer, ok := pg.beside[p.newest()]; ok {
			newer.author = cmp.Or(newer.author, p.author)
			p = newer
		}
		if p.newest() != p.id {
			s.stale = append(s.stale, p.newest())
			continue
		}
		s.seen[p.item()] = true
		batch = append(batch, p)
	}
	s.odd += pg.odd
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
		ids = ids[max(0, len(ids)-againMost):] // an edit is a thing of minutes
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

// settle remembers what a complete sweep found, and forgets what is too old, or
// too much, to be looked at again.
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
	items := byAge(slices.Collect(maps.Keys(s.recent)))
	for i, item := range items {
		if i < len(items)-recentMost || s.recent[item].created.Before(oldest) {
			delete(s.recent, item)
		}
	}
	if len(s.authors) > authorsMost {
		clear(s.authors)
	}
}
