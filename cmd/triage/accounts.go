package main

import (
	"context"
	"errors"
	"os"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/ingest"
	"triage/internal/ingest/file"
	"triage/internal/respond"
	"triage/internal/store"
)

// account is one account on a platform: read by a poller, acted on by an actor.
type account struct {
	poller *ingest.Poller
	actor  ingest.Actor // nil where nothing can be done from here
	lang   string
	// aside counts the calls that sweeps made within the account's budget.
	aside *atomic.Int64
}

// accounts are all that are configured, by name.
type accounts map[string]account

func (s *service) accounts(st *opened) (accounts, error) {
	out := accounts{}
	poller := func(platform, name string, every duration, src ingest.Source) *ingest.Poller {
		return &ingest.Poller{
			Platform: platform, Account: name, Source: src, Names: st.names,
			Keep: st.Texts, Sink: st.Comments, Marks: st.Marks, Erased: st.Gone.Has,
			Every: every.Duration, Log: s.log.Named("ingest"), Now: time.Now,
		}
	}
	for _, section := range s.cfg.sections() {
		client, err := section.open(clientParts{log: s.log, names: st.names, tokens: s.cfg.tokens(section, st.Grants, s.log)})
		if err != nil {
			return nil, err
		}
		p := poller(section.platform, section.Name, section.Every, client)
		p.Budget = section.Budget
		aside := &atomic.Int64{}
		p.Aside = aside.Load
		out[section.Name] = account{poller: p, actor: client, lang: section.Lang, aside: aside}
	}
	for _, f := range s.cfg.File {
		src := &file.Source{Path: os.ExpandEnv(f.Path), Account: f.Name, Format: f.Format, Column: f.Column, Names: st.names,
			Log: s.log.Named("file").With(zap.String("account", f.Name))}
		out[f.Name] = account{poller: poller(file.Platform, f.Name, f.Every, src), lang: f.Lang}
	}
	return out, nil
}

// platforms are those of the configured accounts.
func (c *config) platforms() []string {
	var out []string
	for _, s := range c.sections() {
		if !slices.Contains(out, s.platform) {
			out = append(out, s.platform)
		}
	}
	if len(c.File) > 0 {
		out = append(out, file.Platform)
	}
	return out
}

// actors are the accounts as the desk sees them.
func (a accounts) actors() map[string]respond.Account {
	out := map[string]respond.Account{}
	for name, one := range a {
		out[name] = respond.Account{Actor: one.actor, Lang: one.lang}
	}
	return out
}

// health is how reading each account goes, whichever process reads it.
func (a accounts) health(sources *store.Sources) func() []ingest.Health {
	return func() []ingest.Health {
		var out []ingest.Health
		for _, one := range a {
			out = append(out, sources.Of(one.poller.Platform, one.poller.Account))
		}
		return out
	}
}

// poll reads the account until ctx ends or another process does, and reports how
// that goes.
func (a account) poll(ctx context.Context, token uint64, sources *store.Sources) error {
	a.poller.Withhold(sources.Of(a.poller.Platform, a.poller.Account).Withheld)
	ctx, cancel := context.WithCancel(ctx)
	reported := make(chan struct{})
	go func() {
		defer close(reported)
		a.report(ctx, sources)
	}()
	err := a.poller.Run(ctx, token)
	cancel()
	<-reported
	if errors.Is(err, ingest.ErrStale) {
		return nil
	}
	return err
}

// report tells how reading goes when that changes, and regularly. It looks once a
// second: with 200 accounts at rest, five times took more than all else together.
func (a account) report(ctx context.Context, sources *store.Sources) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last ingest.Health
	var at time.Time
	for {
		now := a.poller.Health()
		told := now
		told.LastOK, told.Comments, told.Backfill.Read = last.LastOK, last.Comments, last.Backfill.Read
		told.Gap, told.Skew = last.Gap, last.Skew
		turned := !reflect.DeepEqual(told, last) || last.LastOK.IsZero() != now.LastOK.IsZero()
		if turned || time.Since(at) >= store.ReportEvery {
			if err := sources.Report(ctx, now); err == nil {
				last, at = now, time.Now()
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// honour lets what its author deleted be erased.
func (a accounts) honour(st *opened, desk *respond.Desk) {
	for _, one := range a {
		if asked, ok := one.actor.(ingest.Account); ok {
			one.poller.Deletions = &ingest.Deletions{Account: asked, Kept: kept{st, desk}}
		}
	}
}

// kept implements ingest.Kept.
type kept struct {
	*opened
	desk *respond.Desk
}

// Known implements ingest.Kept.
func (k kept) Known(_ context.Context, thread string) ([]string, error) {
	return k.Cases.InThread(thread), nil
}

// Item implements ingest.Kept. What the practice said itself has none: whether that
// is gone, outbound.Watch finds out.
func (k kept) Item(ctx context.Context, id string) (string, error) {
	if c, err := k.Cases.Get(ctx, id); err == nil && c.Comment.Own {
		return "", nil
	}
	content, err := k.Said(ctx, id)
	if errors.Is(err, respond.ErrGone) {
		return "", nil
	}
	return content.Item, err
}

// Deleted implements ingest.Kept.
func (k kept) Deleted(ctx context.Context, ids []string) error {
	var errs []error
	for _, id := range ids {
		errs = append(errs, k.Erase(ctx, k.desk, store.Erasure{Comment: id, Why: respond.WhyAuthor,
			Act: audit.Act{By: respond.Machine, From: "service"}}))
	}
	return errors.Join(errs...)
}
