// Package store is what one practice keeps: the topics, buckets and texts on
// its bus, each seen by the stages through the small interface they declare,
// and what goes across all of them: erasing, retention, the audit's projection,
// backup and restore.
//
// It decides nothing about comments: that is respond's and classify's.
package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/settings"
	"triage/internal/vault"
)

// Options say how a practice's store is opened.
type Options struct {
	// Ring are the keys under which texts are sealed.
	Ring vault.Ring
	// AuditKey chains the audit.
	AuditKey []byte
	// Practice names the practice in the audit's checkpoints.
	Practice string
	// Checkpoints is the file outside the store into which the audit's
	// checkpoints go; empty: they go to the log only.
	Checkpoints string
	// Settings are those that may be changed while running.
	Settings []settings.Setting
	Log      *zap.Logger
	// Now is the clock.
	Now func() time.Time
}

// Store is the streams and buckets of a practice.
type Store struct {
	Comments Comments
	Verdicts Verdicts
	Texts    Texts
	Cases    Cases
	Marks    Marks
	OnCall   *OnCall
	Sources  *Sources
	Users    Users
	Sessions Sessions
	// Gone are the tombstones: what was erased and never comes back.
	Gone Gone
	// Samples are the weeks of which a random sample is drawn.
	Samples  Samples
	Settings *settings.Settings
	Audit    *audit.Log
	Leases   *bus.Leases
	// Grants are what platforms granted to accounts.
	Grants Grants
	// Presence knows who looks at what at this moment.
	Presence *Presence

	journal    Journal
	unretained atomic.Int32 // times in a row that retaining failed
	bus        *bus.Bus
	log        *zap.Logger
	now        func() time.Time
}

// Open opens everything, creating it the first time.
func Open(ctx context.Context, b *bus.Bus, o Options) (*Store, error) {
	s := &Store{bus: b, log: o.Log, now: o.Now, OnCall: newOnCall(o.Now), Sources: newSources(o.Now), Presence: newPresence(o.Log, o.Now)}
	s.Presence.connect(b)
	s.Sessions.log = o.Log
	var changes settingsBucket
	texts, keys := sealed{}, sealed{}
	// Side by side, since filling an index keeps one core busy at most.
	g, open := errgroup.WithContext(ctx)
	g.Go(func() (err error) { s.Comments.topic, err = bus.NewTopic[comment](open, b, "comments"); return })
	g.Go(func() (err error) { s.Verdicts.topic, err = bus.NewTopic[verdict](open, b, "verdicts"); return })
	g.Go(func() (err error) { texts.Blobs, err = bus.NewBlobs(open, b, "texts"); return })
	g.Go(func() (err error) { keys.Blobs, err = bus.NewBlobs(open, b, "keys"); return })
	g.Go(func() (err error) { s.journal.log, err = bus.NewJournal(open, b, "audit"); return })
	g.Go(func() (err error) { s.Leases, err = bus.NewLeases(open, b); return })
	bucket(g, open, b, &s.Marks.bucket, "marks")
	bucket(g, open, b, &s.Cases.bucket, "cases")
	bucket(g, open, b, &s.OnCall.Told.bucket, "told")
	bucket(g, open, b, &s.OnCall.Acks.bucket, "acks")
	bucket(g, open, b, &s.OnCall.Channels.bucket, "channels")
	bucket(g, open, b, &s.OnCall.Shifts.bucket, "shifts")
	bucket(g, open, b, &s.OnCall.Digests.bucket, "digests")
	bucket(g, open, b, &s.OnCall.Past.bucket, "past-alerts")
	bucket(g, open, b, &s.Sources.bucket, "sources")
	bucket(g, open, b, &s.Users.bucket, "users")
	bucket(g, open, b, &s.Sessions.bucket, "sessions")
	bucket(g, open, b, &s.Gone.bucket, "gone")
	bucket(g, open, b, &s.Samples.bucket, "samples")
	bucket(g, open, b, &changes.bucket, "settings")
	bucket(g, open, b, &s.Grants.bucket, "grants")
	if err := g.Wait(); err != nil {
		return nil, err
	}
	s.Cases.apart = newApart(s.Cases.bucket, o.Now)
	var err error
	if s.Texts.vault, err = vault.New(vault.Options{Texts: texts, Keys: keys, Ring: o.Ring}); err != nil {
		return nil, err
	}
	s.Grants.leases, s.Grants.ring, s.Grants.log = s.Leases, o.Ring, o.Log
	s.Comments.gone, s.Verdicts.gone = s.Gone, s.Gone
	s.Texts.comments, s.Texts.blobs, s.Texts.gone, s.Texts.bus = s.Comments.topic, texts.Blobs, s.Gone, b
	if s.Settings, err = settings.New(changes, o.Settings); err != nil {
		return nil, fmt.Errorf("open settings: %w", err)
	}
	s.Audit, err = audit.Open(ctx, audit.Options{
		Journal: s.journal, Key: o.AuditKey, Practice: o.Practice, Checkpoints: o.Checkpoints, Log: o.Log.Named("audit"), Now: o.Now,
	})
	return s, err
}

// bucket opens one of the buckets beside the others.
func bucket[T bus.Keyed](g *errgroup.Group, ctx context.Context, b *bus.Bus, to **bus.Bucket[T], name string) {
	g.Go(func() (err error) {
		*to, err = bus.NewBucket[T](ctx, b, name)
		return err
	})
}

// Close lets the outside vouch for the audit a last time, and saves what makes
// the next start fast. The bus is closed by whoever started it.
func (s *Store) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	// That nobody outside vouches for the audit at present is alerted, and keeps
	// nothing from stopping.
	_ = s.Audit.Close(ctx)
	_ = s.Cases.bucket.Close()
}

var (
	_ bus.Lighter[kept] = kept{}

	_ respond.Cases = Cases{}
	_ respond.Texts = Texts{}
	_ people.Store  = Users{}

	_ people.Sessions = Sessions{}
)
