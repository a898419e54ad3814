package main

import (
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
	"triage/internal/respond"
)

// account is one account on a platform: read by a poller, acted on by an actor.
type account struct {
	poller *ingest.Poller
	actor  ingest.Actor // nil where nothing can be done from here
	lang   string
}

// accounts are all that are configured, by name.
type accounts map[string]account

func (s *service) accounts(names ingest.Namer, st *stores) (accounts, error) {
	out := accounts{}
	poller := func(platform, name string, every duration, src ingest.Source) *ingest.Poller {
		return &ingest.Poller{
			Platform: platform, Account: name, Source: src, Names: names,
			Keep: st.texts, Sink: st.comments, Marks: st.marks,
			Every: every.Duration, Log: s.log.Named("ingest"), Now: time.Now,
		}
	}
	for _, f := range s.cfg.Facebook {
		client, err := facebook.New(f.Config, facebook.Options{Log: s.log.Named("facebook"), Account: f.Name})
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", f.Name, err)
		}
		out[f.Name] = account{poller: poller("facebook", f.Name, f.Every, client), actor: client, lang: f.Lang}
	}
	for _, f := range s.cfg.File {
		src := &ingest.File{Path: os.ExpandEnv(f.Path), Account: f.Name, Format: f.Format, Column: f.Column, Names: names,
			Log: s.log.Named("file").With(zap.String("account", f.Name))}
		out[f.Name] = account{poller: poller(ingest.FilePlatform, f.Name, f.Every, src), lang: f.Lang}
	}
	return out, nil
}

// actors are the accounts as the desk sees them.
func (a accounts) actors() map[string]respond.Account {
	out := map[string]respond.Account{}
	for name, one := range a {
		out[name] = respond.Account{Actor: one.actor, Lang: one.lang}
	}
	return out
}

// health is how reading each account goes.
func (a accounts) health() []ingest.Health {
	var out []ingest.Health
	for _, one := range a {
		out = append(out, one.poller.Health())
	}
	return out
}
