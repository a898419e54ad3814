package main

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"triage/internal/alert"
	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review"
)

// service is a practice's service.
type service struct {
	cfg  config
	out  io.Writer // alerts and what the operator must know
	log  *zap.Logger
	page net.Listener
	// user is who the first login is made for.
	user string
	// ready, if set, is called when everything is up, with the login of the
	// first user as long as it was not taken.
	ready func(login string)
}

// run is the map: it builds every stage in the order in which a comment meets
// them and runs them side by side until ctx ends.
func (s *service) run(ctx context.Context) (err error) {
	frugal()
	defer func() {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // told to stop while it was starting
		}
	}()
	k, err := loadKeys(s.cfg.Data.KeyFile, s.storeDir())
	if err != nil {
		return err
	}
	b, err := bus.Start(ctx, bus.Options{Dir: s.storeDir(), Key: k.store, MaxStore: s.cfg.Data.MaxStore.bytes, Log: s.log.Named("bus")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	st, err := openStores(ctx, b, k)
	if err != nil {
		return err
	}
	names := ingest.NewNamer(k.names)

	// Comments come in ...
	accounts, err := s.accounts(names, st)
	if err != nil {
		return err
	}
	// ... are judged ...
	classifier, err := classify.New(classify.Options{Staff: s.cfg.Practice.Staff, Own: s.cfg.Practice.Own()})
	if err != nil {
		return err
	}
	judge := judge{classifier: classifier, texts: st.texts, sink: st.verdicts, log: s.log.Named("classify"), now: time.Now}
	// ... become cases with a suggestion, which people decide ...
	gate, err := respond.NewGate(s.cfg.Practice.GateOptions())
	if err != nil {
		return err
	}
	drafter, err := respond.NewDrafter(s.cfg.Practice, s.cfg.Templates, gate)
	if err != nil {
		return err
	}
	wakeSender, wakePager := make(chan struct{}, 1), make(chan struct{}, 1)
	desk := &respond.Desk{
		Cases: st.cases, Texts: st.texts, Drafter: drafter, Gate: gate, Names: names, Newest: st.comments.Newest,
		Accounts: accounts.actors(), Shadow: s.cfg.Posting.Mode == shadowMode, Window: s.cfg.Posting.Undo.Duration,
		Log: s.log.Named("desk"), Now: time.Now, Changed: func() { wake(wakeSender); wake(wakePager) },
	}
	// ... on a page ...
	folk := &people.People{Store: st.users}
	page, err := review.New(review.Options{
		Desk: desk, People: folk, Sessions: st.sessions, Practice: s.cfg.Practice.Name, Posting: s.cfg.Posting.Mode,
		Health: accounts.health, Log: s.log.Named("review"), Now: time.Now, Secure: s.secure(),
	})
	if err != nil {
		return err
	}
	// ... go out ...
	sender := &respond.Sender{Desk: desk, Wait: s.cfg.Posting.ReadBack.Duration, Cap: s.cfg.Posting.DailyCap, Log: s.log.Named("send")}
	// ... and call people meanwhile.
	pager := &alert.Pager{
		Checks: []alert.Check{
			caseCheck{desk, s.cfg.Review.URL}, sourceCheck{accounts.health, time.Now}, storeCheck{b, time.Now},
			&flowCheck{name: "judging", what: "comments wait and none is judged: see the log", flow: st.comments.flow, now: time.Now},
			&flowCheck{name: "opening", what: "judged comments wait and none becomes a case: see the log", flow: st.verdicts.flow, now: time.Now},
		},
		Notifiers: s.notifiers(), Memory: st.told, Every: 30 * time.Second, Log: s.log.Named("alert"), Now: time.Now,
	}

	login, err := s.firstLogin(ctx, folk)
	if err != nil {
		return err
	}
	web := web{pages: page, bus: b, desk: desk, health: accounts.health, stores: st, proxy: s.cfg.Review.TrustedProxy}
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range accounts {
		g.Go(func() error { return a.poller.Run(ctx) })
	}
	g.Go(func() error { return st.comments.Consume(ctx, judge.handle) })
	g.Go(func() error { return st.verdicts.Consume(ctx, desk.Take) })
	g.Go(func() error { return sender.Run(ctx, wakeSender) })
	g.Go(func() error { return pager.Run(ctx, wakePager) })
	g.Go(func() error { return st.sessions.keepPruned(ctx, s.log.Named("people")) })
	g.Go(func() error { return web.serve(ctx, s.page) })
	if s.ready != nil {
		s.ready(login)
	}
	return g.Wait()
}

func (s *service) storeDir() string { return filepath.Join(s.cfg.Data.Dir, "store") }

// wake lets a sleeping stage look; one that was woken already looks once.
func wake(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (s *service) notifiers() []alert.Notifier {
	var n []alert.Notifier
	if s.cfg.Alerts.Terminal {
		n = append(n, alert.NewTerminal(s.out))
	}
	return n
}
