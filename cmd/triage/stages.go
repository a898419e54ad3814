package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"triage/internal/control"
)

// The roles of a process: which stages run in it.
const (
	ingestRole   = "ingest"
	classifyRole = "classify"
	respondRole  = "respond"
	reviewRole   = "review"
	alertRole    = "alert"
)

var allRoles = []string{ingestRole, classifyRole, respondRole, reviewRole, alertRole}

// roles are those of one process; none means all.
type roles []string

func (r roles) has(role string) bool { return len(r) == 0 || slices.Contains(r, role) }

// validate reports roles that there are not, and those that cannot be alone.
func (r roles) validate(cfg config) error {
	for _, role := range r {
		if !slices.Contains(allRoles, role) {
			return fmt.Errorf("%w: --roles: there is no role %q: want some of %s", errUsage, role, strings.Join(allRoles, ","))
		}
	}
	if len(r) > 0 && cfg.NATS.URL == "" {
		return fmt.Errorf("%w: --roles: several processes need NATS servers that they share: give nats.url in the configuration", errUsage)
	}
	return nil
}

// stages run side by side until one fails or all are told to stop.
type stages struct {
	*errgroup.Group
	ctx context.Context
	s   *service
	st  *opened
}

func (s *service) stages(ctx context.Context, st *opened) *stages {
	g, ctx := errgroup.WithContext(ctx)
	return &stages{g, ctx, s, st}
}

// run runs a stage of which every process with the role may have one.
func (g *stages) run(role string, stage func(context.Context) error) {
	if g.s.roles.has(role) {
		g.serve(stage)
	}
}

// serve runs what every process has.
func (g *stages) serve(f func(context.Context) error) { g.Go(func() error { return f(g.ctx) }) }

// alone runs a stage of which there is one among all processes.
func (g *stages) alone(role, name string, stage func(ctx context.Context, token uint64) error) {
	g.run(role, func(ctx context.Context) error { return g.st.Leases.Hold(ctx, name, stage) })
}

// accounts runs the pollers, each in one process, and tells the others how
// reading goes.
func (g *stages) accounts(all accounts) {
	for name, a := range all {
		g.alone(ingestRole, "poll/"+name, func(ctx context.Context, token uint64) error {
			return a.poll(ctx, token, g.st.Sources)
		})
	}
}

// woken is a stage that looks whenever a case or a setting has changed.
func (g *stages) woken(run func(context.Context, <-chan struct{}) error) func(context.Context, uint64) error {
	wake := make(chan struct{}, 1)
	look := func() {
		select {
		case wake <- struct{}{}:
		default: // it was woken already
		}
	}
	g.st.Cases.OnChange(look)
	g.st.Settings.OnChange(func(string) { look() })
	g.st.OnCall.Acks.OnChange(look)
	g.st.OnCall.Shifts.OnChange(look)
	return func(ctx context.Context, _ uint64) error { return run(ctx, wake) }
}

// onDesk has f called after each change of a case, of who looks at one, or of who is
// called about what.
func (st *opened) onDesk(f func()) {
	st.Cases.OnChange(f)
	st.Presence.OnChange(f)
	st.OnCall.OnChange(f)
}

// commands answers commands on the socket.
func (g *stages) commands(l net.Listener, h http.Handler) {
	if l != nil {
		g.serve(func(ctx context.Context) error { return control.Serve(ctx, l, h) })
	}
}

// socketListener opens the socket; nil: another process of the practice answers
// commands in this directory.
func (s *service) socketListener() (net.Listener, error) {
	l, err := control.Listen(s.socket())
	if errors.Is(err, control.ErrServed) {
		s.log.Info("commands are answered by another process", zap.String("socket", s.socket()))
		return nil, nil
	}
	return l, err
}
