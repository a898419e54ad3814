package main

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/people"
	"triage/internal/respond"
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
	st, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()

	// Comments come in ...
	accounts, err := s.accounts(st)
	if err != nil {
		return err
	}
	// ... are judged ...
	live, err := s.cfg.liveOf(st.Settings)
	if err != nil {
		return err
	}
	classifier := &tuned{want: live.classifier}
	if _, err := classifier.now(); err != nil {
		return err
	}
	judge := judge{texts: st.Texts, sink: st.Verdicts, erased: st.Gone.Has, log: s.log.Named("classify"), now: time.Now}
	// ... become cases with a suggestion, which people decide ...
	gate, err := respond.NewGate(s.cfg.gateOptions())
	if err != nil {
		return err
	}
	drafter, err := respond.NewDrafter(s.cfg.Practice, s.cfg.Templates, gate)
	if err != nil {
		return err
	}
	desk := &respond.Desk{
		Cases: st.Cases, Texts: st.Texts, Drafter: drafter, Gate: gate, Names: st.names,
		Newest: st.Comments.Newest, Kept: st.Said, Erased: st.Gone.Has, Tally: st.Samples.Tally, Audited: st.Audited, Accounts: accounts.actors(),
		Rules: live.rules, Log: s.log.Named("desk"), Now: time.Now,
	}
	accounts.honour(st, desk)
	// ... on a page ...
	folk := &people.People{Store: st.Users}
	page, err := review.New(review.Options{
		Desk: desk, People: folk, Sessions: st.Sessions, Practice: s.cfg.Practice.Name, Audit: st.Audit,
		Health: accounts.health(st.Sources), Log: s.log.Named("review"), Now: time.Now, Secure: s.secure(),
	})
	if err != nil {
		return err
	}
	// ... go out ...
	sender := &send.Sender{Desk: desk, Log: s.log.Named("send")}
	// ... and call people meanwhile.
	pager := &alert.Pager{
		Checks: s.checks(st, desk, accounts), Notifiers: s.notifiers(), Memory: st.Told,
		Every: 30 * time.Second, Log: s.log.Named("alert"), Now: time.Now,
	}

	login, err := s.firstLogin(ctx, st, folk)
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
	g.accounts(accounts)
	g.run(classifyRole, func(ctx context.Context) error { return st.Comments.Consume(ctx, judge.by(classifier), desk.TakeDead) })
	g.run(respondRole, func(ctx context.Context) error { return st.Verdicts.Consume(ctx, desk.Take, desk.TakeDead) })
	g.run(respondRole, st.KeepAudited)
	g.serve(st.Audit.Run)
	g.alone(respondRole, "send", g.woken(sender.Run))
	g.alone(respondRole, "watch", g.woken(s.sweeper(st, accounts).watch(desk, accounts.asked()).Run))
	g.alone(respondRole, "retain", func(ctx context.Context, _ uint64) error {
		return st.KeepRetained(ctx, desk, live.retention)
	})
	g.run(reviewRole, st.Sessions.KeepPruned)
	g.alone(alertRole, "page", g.woken(pager.Run))
	web := web{bus: st.bus, desk: desk, health: accounts.health(st.Sources), stores: st.Store, proxy: s.cfg.Review.TrustedProxy}
	if s.roles.has(reviewRole) {
		web.pages = page
	}
	g.serve(func(ctx context.Context) error { return web.serve(ctx, s.page) })
	g.commands(orders, s.commands(st, folk, desk, accounts))
	if s.ready != nil {
		s.ready(login)
	}
	defer s.tell(ctx, st, "stopped")
	return g.Wait()
}

func (s *service) storeDir() string { return filepath.Join(s.cfg.Data.Dir, "store") }

func (s *service) notifiers() []alert.Notifier {
	var n []alert.Notifier
	if s.cfg.Alerts.Terminal {
		n = append(n, alert.NewTerminal(s.out))
	}
	return n
}
