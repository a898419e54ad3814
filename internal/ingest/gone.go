package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"
)

// Deletions finds out that authors deleted their comments. A comment counts as
// deleted only if a sweep that read everything under its post left it out, yet
// found another there; if the platform, asked for it, does not show it, yet shows
// that other one before, and somebody else's afterwards: what the practice wrote
// itself an app is shown without any permission; and if the account check passes.
// What the practice wrote itself is never counted: an id may come back there, as
// that of a reply on Google does, and what a tombstone names is not looked at.
// When too many go at once, or all, none counts until a person looked.
type Deletions struct {
	Account Account
	Kept    Kept

	last map[string]string // thread by comment: what the sweeps found, under posts that are listed still
	now  map[string]string // thread by comment: what this sweep found
	// beside is, by thread, a comment that this sweep found: somebody else's if
	// there is one. other is one of somebody else anywhere.
	beside map[string]neighbour
	other  string
	ours   map[string]bool // what this sweep found that the practice wrote itself
	blind  bool            // the sweep before found none
	// shown are left out by the sweeps, and yet were shown then when asked for. passed
	// were asked for without an answer (true) or could not be (false), and are passed
	// over until all others had their turn.
	shown    map[string]time.Time
	passed   map[string]bool
	withheld []string // sorted
}

// neighbour is a comment by the platform's id, and whether it is the practice's own.
type neighbour struct {
	item string
	own  bool
}

const (
	goneMost = 5              // more at once than people delete
	allMost  = 2              // the same, where nobody else's is left
	askMost  = 50             // comments asked for after one sweep
	shownFor = 24 * time.Hour // until one that was shown is asked for again
)

// forget begins anew, but for what is withheld. What is kept is known from Kept.
func (d *Deletions) forget() {
	d.last, d.now, d.beside, d.shown, d.passed = nil, nil, nil, nil, nil
}

// Withhold tells the Poller, before it runs, what was withheld when the account
// was last read, by whatever process: the ids in Health.
func (p *Poller) Withhold(ids []string) {
	if p.Deletions != nil {
		p.Deletions.withheld = ids
		p.sayWithheld(nil)
	}
}

// sayWithheld tells people of what is withheld, and of what is not shown any more.
func (p *Poller) sayWithheld(bare []string) {
	ids := slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.Deletions.withheld, bare))))
	p.mu.Lock()
	before := len(p.health.Withheld)
	p.health.Withheld = ids
	p.mu.Unlock()
	if len(ids) > before {
		p.Log.Warn("too many comments are gone at once and none is erased: look whether the account may still see them; erase by hand those that were deleted",
			zap.String("platform", p.Platform), zap.String("account", p.Account), zap.Strings("comments", ids))
	}
}

// begin begins a sweep.
func (d *Deletions) begin() {
	d.now, d.beside, d.ours = map[string]string{}, map[string]neighbour{}, map[string]bool{}
	d.other, d.blind = "", d.other == ""
	if d.last == nil {
		d.last, d.shown, d.passed = map[string]string{}, map[string]time.Time{}, map[string]bool{}
	}
}

// saw takes note of a comment that the sweep found.
func (d *Deletions) saw(c Comment) {
	if d.now == nil || c.Thread == "" {
		return
	}
	d.now[c.ID] = c.Thread
	if c.Own {
		d.ours[c.ID] = true
	} else {
		d.other = c.Content.Item
	}
	delete(d.shown, c.ID)
	if _, known := d.beside[c.Thread]; !c.Own || !known {
		d.beside[c.Thread] = neighbour{c.Content.Item, c.Own}
	}
}

// missing looks, after a complete sweep, which comments their authors deleted.
// What the platform does not answer settles nothing: the next sweep looks again.
func (p *Poller) missing(ctx context.Context) error {
	d := p.Deletions
	whole, ok := p.Source.(Whole)
	if d == nil || !ok {
		return nil
	}
	missed, err := p.missed(ctx, whole.Posts())
	if err != nil {
		return fmt.Errorf("look for deleted comments: %w", err)
	}
	maps.Copy(d.last, missed)
	maps.Copy(d.last, d.now)
	maps.DeleteFunc(d.last, func(id, _ string) bool { return d.ours[id] })
	var bare []string
	if err = p.release(ctx); err == nil && len(d.withheld) == 0 {
		bare, err = p.honour(ctx, missed)
	}
	if err != nil {
		return fmt.Errorf("erase deleted comments: %w", err)
	}
	p.sayWithheld(bare)
	return nil
}

// release no longer withholds what was seen again, what a person erased, and
// that of which no words are left to erase.
func (p *Poller) release(ctx context.Context) error {
	d, still := p.Deletions, []string{}
	for _, id := range d.withheld {
		item, err := d.Kept.Item(ctx, id)
		if err != nil {
			return err
		}
		if item != "" && d.now[id] == "" && !p.erased(id) {
			still = append(still, id)
		}
	}
	d.withheld = still
	return nil
}

// missed finds the comments, with their threads, that are known and that the sweep
// left out although it read everything under their post, where it found another; or
// where it found nobody else's anywhere.
func (p *Poller) missed(ctx context.Context, posts []string) (missed map[string]string, err error) {
	d, whole := p.Deletions, map[string]bool{}
	if d.blind && d.other != "" {
		clear(d.shown) // lists show again what they left out
	}
	missed = map[string]string{}
	miss := func(id, thread string) {
		_, left := d.beside[thread]
		known := d.now[id] != "" || p.erased(id) || p.Now().Sub(d.shown[id]) < shownFor
		if !known && (left || d.other == "") {
			missed[id] = thread
		}
	}
	for _, post := range posts {
		thread := p.Names.ID(p.Platform, p.Account, post)
		whole[thread] = true
		known, err := d.Kept.Known(ctx, thread)
		if err != nil {
			return nil, err
		}
		for _, id := range known {
			miss(id, thread)
		}
	}
	maps.DeleteFunc(d.last, func(id, thread string) bool {
		_, left := d.beside[thread]
		return !left && !whole[thread] || p.erased(id) // its post is listed no more
	})
	for id, thread := range d.last {
		if whole[thread] {
			miss(id, thread)
		}
	}
	return missed, nil
}

// honour has those erased that are gone, unless they are too many. Where nobody
// else's is left it erases none; bare are those that people are told of then.
func (p *Poller) honour(ctx context.Context, missed map[string]string) (bare []string, err error) {
	gone, err := p.ask(ctx, missed)
	d := p.Deletions
	switch {
	case err != nil || len(gone) == 0 || d.other == "" && len(gone) <= allMost:
		return nil, err
	case d.other == "":
		return gone, nil
	case len(gone) > goneMost:
		d.withheld = gone
		return nil, nil
	case !p.healthy(ctx, d.beside[missed[gone[0]]]):
		return nil, nil
	}
	if err := d.Kept.Deleted(ctx, gone); err != nil {
		return nil, err
	}
	for _, id := range gone {
		delete(d.last, id)
	}
	p.Log.Info("comments were deleted by their authors", zap.String("platform", p.Platform), zap.String("account", p.Account), zap.Strings("comments", gone))
	return nil, nil
}

// ask asks the platform for what was missed and returns what is gone: nothing
// until all were asked for, and nothing as long as those that are gone would be
// too many with those that the platform does not answer for.
func (p *Poller) ask(ctx context.Context, missed map[string]string) (gone []string, err error) {
	q := questions{Deletions: p.Deletions, now: p.Now(), sees: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(missed)) {
		if _, passed := q.passed[id]; passed {
			continue
		}
		if q.asked >= askMost || q.failed > goneMost {
			if len(q.gone) > goneMost {
				return q.gone, nil
			}
			return nil, nil // the others have their turn after the next sweep
		}
		unanswered, err := q.ask(ctx, id, missed[id])
		if err != nil {
			return nil, err
		}
		if unanswered != nil {
			p.Log.Warn("a missed comment could not be asked for", zap.String("comment", id), zap.Error(unanswered))
		}
	}
	unsure := 0
	for id, failed := range q.passed {
		if failed && missed[id] != "" {
			unsure++
		}
	}
	clear(q.passed)
	if n := len(q.gone); n > 0 && n <= goneMost && n+unsure > goneMost {
		p.Log.Warn("comments are gone, but too many others could not be asked for: none is erased for now",
			zap.Int("gone", n), zap.Int("unsure", unsure))
		return nil, nil
	}
	return q.gone, nil
}

// questions are what the platform is asked after one sweep.
type questions struct {
	*Deletions
	now           time.Time
	asked, failed int
	sees          map[string]bool // by thread: the comment beside is shown
	gone          []string
}

// ask asks for one comment, if its words are kept and the platform shows the one
// beside it. It returns why there was no answer; the error is the store's.
func (q *questions) ask(ctx context.Context, id, thread string) (unanswered, err error) {
	item, err := q.Kept.Item(ctx, id)
	if err != nil || item == "" {
		delete(q.last, id)
		return nil, err
	}
	if _, known := q.sees[thread]; !known && q.other != "" {
		beside, err := q.Account.Observe(ctx, q.beside[thread].item)
		if q.sees[thread] = err == nil && !beside.Gone; !q.sees[thread] {
			q.asked++
		}
	}
	if q.other != "" && !q.sees[thread] {
		q.passed[id] = false
		return nil, nil
	}
	q.asked++
	switch o, err := q.Account.Observe(ctx, item); {
	case err != nil:
		q.failed++
		q.passed[id] = true
		return err, nil
	case o.Gone:
		q.gone = append(q.gone, id)
	default:
		q.shown[id] = q.now
	}
	return nil, nil
}

// healthy reports whether the account check passes, and what others write can
// still be seen: the one beside, or another if that is the practice's own.
func (p *Poller) healthy(ctx context.Context, beside neighbour) bool {
	d := p.Deletions
	found := d.Account.Check(ctx)
	if len(found) == 0 || slices.ContainsFunc(found, func(f Finding) bool { return !f.OK }) {
		return false
	}
	if beside.own {
		beside.item = d.other
	}
	seen, err := d.Account.Observe(ctx, beside.item)
	return err == nil && !seen.Gone
}
