package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/alert/beat"
	"triage/internal/digest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/respond/send"
	"triage/internal/review"
)

// service is a practice's service, or the part of it that this process does.
type service struct {
	cfg  config
	out  io.Writer // alerts and what the operator must know
	log  *zap.Logger
	page net.Listener
	// roles are the stages that run in this process; none named: all.
	roles roles
	// acceptLoss starts although the store lost something.
	acceptLoss bool
	// user is who the first login is made for, and invite that she chooses her password.
	user   string
	invite bool
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
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()

	p, err := s.workings(st)
	if err != nil {
		return err
	}
	login, err := s.firstLogin(ctx, st, p.folk)
	if err != nil {
		return err
	}
	s.tell(ctx, st, "started")
	for _, l := range st.Settings.List() {
		if !l.FromFile && !l.Unknown {
			s.log.Info("a setting goes before the configuration file", zap.String("setting", l.Name))
		}
	}
	orders, err := s.socketListener()
	if err != nil {
		return err
	}
	g := s.stages(ctx, st)
	s.launch(g, p)
	g.commands(orders, s.commands(st, p.folk, p.desk, p.accounts))
	if s.ready != nil {
		s.ready(login)
	}
	defer s.tell(ctx, st, "stopped")
	return g.Wait()
}

// workings are what the stages of a service work with.
type workings struct {
	*opened
	accounts   accounts
	live       liveValues
	classifier *tuned
	desk       *respond.Desk
	board      *board.Board
	folk       *people.People
	duty       *alert.Duty
	heart      *beat.Heart
	digests    *digest.Sender // nil: nobody reads any
	page       http.Handler
}

// workings makes them: comments come in from the accounts, are judged, become cases at the
// desk, which people decide on a page.
func (s *service) workings(st *opened) (p workings, err error) {
	p = workings{opened: st, folk: s.staff(st.Users), board: board.New(st.Cases.Feed())}
	if p.accounts, err = s.accounts(st); err != nil {
		return p, err
	}
	if p.live, err = s.cfg.liveOf(st.Settings); err != nil {
		return p, err
	}
	p.classifier = &tuned{want: p.live.classifier}
	if _, err := p.classifier.now(); err != nil {
		return p, err
	}
	if p.desk, err = s.desk(st, p.accounts, p.live.rules); err != nil {
		return p, err
	}
	p.accounts.honour(st, p.desk)
	if p.duty, err = s.onCall(st); err != nil {
		return p, err
	}
	if p.heart, err = s.heart(p.duty.Channels); err != nil {
		return p, err
	}
	if p.digests, err = s.digests(p); err != nil {
		return p, err
	}
	p.page, err = review.New(s.signIn(review.Options{
		Desk: p.desk, People: p.folk, Sessions: st.Sessions, Practice: s.cfg.Practice.Name, Audit: st.Audit,
		Health: p.accounts.health(st.Sources), Log: s.log.Named("review"),
		Now:   func() time.Time { return time.Now().In(p.duty.Base.Zone) },
		Board: p.board, Presence: st.Presence, OnChange: st.onDesk, Settings: st.Settings,
		Calls: p.duty, Pace: s.cfg.pace(),
	}))
	return p, err
}

func (s *service) desk(st *opened, all accounts, rules func() respond.Rules) (*respond.Desk, error) {
	gate, err := respond.NewGate(s.cfg.gateOptions())
	if err != nil {
		return nil, err
	}
	drafter, err := respond.NewDrafter(s.cfg.Practice, s.cfg.Templates, gate)
	if err != nil {
		return nil, err
	}
	return &respond.Desk{
		Cases: st.Cases, Texts: st.Texts, Drafter: drafter, Gate: gate, Names: st.names,
		Newest: st.Comments.Newest, Kept: st.Said, Erased: st.Gone.Has, Tally: st.Samples.Tally, Audited: st.Audited, Accounts: all.actors(),
		MayOverride: mayOverride(st.Users), Rules: rules, Log: s.log.Named("desk"), Now: time.Now,
	}, nil
}

// launch starts the stages of this process's roles.
func (s *service) launch(g *stages, p workings) {
	judge := judge{texts: p.Texts, sink: p.Verdicts, erased: p.Gone.Has, log: s.log.Named("classify"), now: time.Now}
	sender := &send.Sender{Desk: p.desk, Log: s.log.Named("send")}
	g.accounts(p.accounts)
	g.run(classifyRole, func(ctx context.Context) error {
		return p.Comments.Consume(ctx, judge.by(p.classifier), p.desk.TakeDead)
	})
	g.run(respondRole, func(ctx context.Context) error { return p.Verdicts.Consume(ctx, p.desk.Take, p.desk.TakeDead) })
	g.run(respondRole, p.KeepAudited)
	g.serve(p.Audit.Run)
	g.alone(respondRole, "send", g.woken(sender.Run))
	g.alone(respondRole, "watch", g.woken(s.sweeper(p.opened, p.accounts).watch(p.desk, p.accounts.asked()).Run))
	g.alone(respondRole, "retain", func(ctx context.Context, _ uint64) error {
		return p.KeepRetained(ctx, p.desk, p.live.retention)
	})
	g.run(reviewRole, p.Sessions.KeepPruned)
	g.run(reviewRole, p.Presence.KeepTold)
	adrift := &adrift{healthy: p.bus.Healthy, now: time.Now}
	g.alone(alertRole, "page", g.woken(func(ctx context.Context, wake <-chan struct{}) error {
		defer adrift.pages()()
		return s.calls(ctx, p, wake)
	}))
	g.run(alertRole, func(ctx context.Context) error { return s.pager(p).Lifeboat(adrift).Run(ctx, nil) })
	web := web{bus: p.bus, board: p.board, health: p.accounts.health(p.Sources), stores: p.Store, proxy: s.cfg.Review.TrustedProxy, hooks: s.hooks(p), duty: p.duty}
	if s.roles.has(reviewRole) {
		web.pages = p.page
	}
	g.serve(func(ctx context.Context) error { return web.serve(ctx, s.page) })
}

func (s *service) storeDir() string { return filepath.Join(s.cfg.Data.Dir, "store") }
