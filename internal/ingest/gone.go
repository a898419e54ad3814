package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"go.uber.org/zap"
)

// Deletions finds out that authors deleted their comments. A comment counts as
// deleted only if a sweep that read everything under its post left it out, yet
// found another there; if the platform, asked for it, does not show it, yet
// shows that other one; and if the account check passes: a permission that was
// lost must erase nothing. When too many go at once, none of the account counts
// until a person looked.
type Deletions struct {
	Account Account
	Kept    Kept

	last map[string]string // thread by comment: what was last found, or is missed since
	now  map[string]string // thread by comment: what this sweep found
	// beside is, by thread, the platform's id of a comment that this sweep found.
	beside map[string]string
	// shown are left out by the sweeps, and yet shown when asked for.
	shown map[string]bool
	// passed were asked for without an answer (true) or could not be (false), and
	// are passed over until all others had their turn.
	passed   map[string]bool
	withheld map[string]bool
}

// Account answers for single comments, and for itself.
type Account interface {
	// Observe is Actor's.
	Observe(ctx context.Context, item string) (Observation, error)
	Check(ctx context.Context) []Finding
}

// Kept is what is kept of comments.
type Kept interface {
	// Known lists the ids of the comments of a thread of which something is
	// kept. What was erased need not be among them.
	Known(ctx context.Context, thread string) ([]string, error)
	// Item is the platform's id of a comment; empty where its words are not kept
	// any more.
	Item(ctx context.Context, id string) (string, error)
	// Deleted erases comments that their authors deleted. Telling it twice is
	// harmless.
	Deleted(ctx context.Context, ids []string) error
}

const (
	goneMost = 5  // more at once than people delete
	askMost  = 50 // comments asked for after one sweep
)

// forget begins anew, but for what is withheld. What is kept is known from Kept.
func (d *Deletions) forget() {
	d.last, d.now, d.beside, d.shown, d.passed = nil, nil, nil, nil, nil
}

// Withhold tells the Poller, before it runs, what was withheld when the account
// was last read, by whatever process: the ids in Health.
func (p *Poller) Withhold(ids []string) {
	if p.Deletions == nil {
		return
	}
	p.Deletions.withheld = map[string]bool{}
	for _, id := range ids {
		p.Deletions.withheld[id] = true
	}
	p.sayWithheld()
}

func (p *Poller) sayWithheld() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.health.Withheld = slices.Sorted(maps.Keys(p.Deletions.withheld))
}

// begin begins a sweep.
func (d *Deletions) begin() {
	d.now, d.beside = map[string]string{}, map[string]string{}
	if d.shown == nil {
		d.shown, d.passed = map[string]bool{}, map[string]bool{}
	}
}

// saw takes note of a comment that the sweep found.
func (d *Deletions) saw(c Comment) {
	if d.now != nil && c.Thread != "" {
		d.now[c.ID], d.beside[c.Thread] = c.Thread, c.Content.Item
		delete(d.shown, c.ID)
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
	d.last = maps.Clone(d.now)
	maps.Copy(d.last, missed)
	if err := p.release(ctx); err != nil {
		return fmt.Errorf("look for deleted comments: %w", err)
	}
	if len(d.withheld) == 0 {
		if err := p.honour(ctx, missed); err != nil {
			return fmt.Errorf("erase deleted comments: %w", err)
		}
	}
	p.sayWithheld()
	return nil
}

// release no longer withholds what was seen again, what a person erased, and
// that of which no words are left to erase.
func (p *Poller) release(ctx context.Context) error {
	d := p.Deletions
	for id := range d.withheld {
		item, err := d.Kept.Item(ctx, id)
		if err != nil {
			return err
		}
		if item == "" || d.now[id] != "" || p.erased(id) {
			delete(d.withheld, id)
		}
	}
	return nil
}

// missed finds the comments that are known, and that the sweep left out although
// it read everything under their post and found something there; each with its
// thread.
func (p *Poller) missed(ctx context.Context, posts []string) (map[string]string, error) {
	d, missed, whole := p.Deletions, map[string]string{}, map[string]bool{}
	miss := func(id, thread string) {
		if d.now[id] == "" && !d.shown[id] && !p.erased(id) {
			missed[id] = thread
		}
	}
	for _, post := range posts {
		thread := p.Names.ID(p.Platform, p.Account, post)
		if d.beside[thread] == "" {
			continue
		}
		whole[thread] = true
		known, err := d.Kept.Known(ctx, thread)
		if err != nil {
			return nil, err
		}
		for _, id := range known {
			miss(id, thread)
		}
	}
	for id, thread := range d.last {
		if whole[thread] {
			miss(id, thread)
		}
	}
	return missed, nil
}

// honour has those erased that are gone, unless they are too many.
func (p *Poller) honour(ctx context.Context, missed map[string]string) error {
	gone, err := p.ask(ctx, missed)
	if err != nil || len(gone) == 0 || !p.healthy(ctx) {
		return err
	}
	d, log := p.Deletions, p.Log.With(zap.String("platform", p.Platform), zap.String("account", p.Account))
	if len(gone) > goneMost {
		p.Withhold(gone)
		log.Warn("too many comments are gone at once and none is erased: look whether the account may still see them; erase by hand those that were deleted",
			zap.Strings("comments", gone))
		return nil
	}
	if err := d.Kept.Deleted(ctx, gone); err != nil {
		return err
	}
	for _, id := range gone {
		delete(d.last, id)
	}
	log.Info("comments were deleted by their authors", zap.Strings("comments", gone))
	return nil
}

// ask asks the platform for what was missed and returns what is gone: nothing
// until all were asked for, and nothing as long as those that are gone would be
// too many with those that the platform does not answer for.
func (p *Poller) ask(ctx context.Context, missed map[string]string) (gone []string, err error) {
	q := questions{Deletions: p.Deletions, sees: map[string]bool{}}
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
	asked, failed int
	sees          map[string]bool // by thread: the comment beside is shown
	gone          []string
}

// ask asks for one comment, if its words are kept and the platform shows the one
// beside it. It returns why there was no answer; the error is the store's.
func (q *questions) ask(ctx context.Context, id, thread string) (unanswered, err error) {
	item, err := q.Kept.Item(ctx, id)
	if err != nil || item == "" {
		return nil, err
	}
	if _, known := q.sees[thread]; !known {
		beside, err := q.Account.Observe(ctx, q.beside[thread])
		if q.sees[thread] = err == nil && !beside.Gone; !q.sees[thread] {
			q.asked++
		}
	}
	if !q.sees[thread] {
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
		q.shown[id] = true
	}
	return nil, nil
}

// healthy reports whether the account check passes.
func (p *Poller) healthy(ctx context.Context) bool {
	found := p.Deletions.Account.Check(ctx)
	return len(found) > 0 && !slices.ContainsFunc(found, func(f Finding) bool { return !f.OK })
}
