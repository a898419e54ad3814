package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"triage/internal/alert"
	"triage/internal/alert/beat"
	"triage/internal/alert/channel"
	"triage/internal/alert/channel/incident"
	"triage/internal/alert/channel/mail"
	"triage/internal/alert/hook"
	"triage/internal/alert/roster"
	"triage/internal/audit"
	"triage/internal/digest"
	"triage/internal/review/say"
)

// onCallPage is where alerts are acknowledged.
func (c *config) onCallPage() string { return c.pageURL() + "/on-call" }

// openChannels makes every channel of the configuration.
func (s *service) openChannels() (all []alert.Channel, err error) {
	if s.cfg.Alerts.Terminal {
		all = append(all, alert.Channel{Name: terminalChannel, Kind: "terminal", Silent: !s.cfg.watchesTerminal(), Notifier: channel.NewTerminal(s.out)})
	}
	for i := range s.cfg.Alerts.Voice {
		if v := &s.cfg.Alerts.Voice[i]; v.AnswerURL == "" && v.AuthToken != "" {
			v.AnswerURL = s.cfg.hookURL(v.Name)
		}
	}
	for _, section := range s.cfg.channels() {
		c, err := section.conf.Open(channel.Options{Now: time.Now})
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", *section.name, err)
		}
		c.Name = *section.name
		all = append(all, c)
	}
	return all, nil
}

// hookURL is where a provider sends back what people answered; empty: the page is not to
// be reached from outside.
func (c *config) hookURL(name string) string {
	if !strings.HasPrefix(c.pageURL(), "https://") {
		return ""
	}
	return c.pageURL() + "/hooks/" + name
}

// onCall is what people see of the pager and say to it.
func (s *service) onCall(st *opened) (*alert.Duty, error) {
	channels, err := s.openChannels()
	if err != nil {
		return nil, err
	}
	o := st.OnCall
	return &alert.Duty{
		Memory: &o.Told, Acks: &o.Acks, States: &o.Channels, Overrides: &o.Shifts, Channels: channels,
		Base: s.cfg.plan(func(string, string, ...any) {}), // looked at when it was loaded
		From: s.cfg.Alerts.From, Desk: s.cfg.onCallPage(), Now: time.Now,
	}, nil
}

// pager calls people.
func (s *service) pager(p workings) *alert.Pager {
	d := p.duty
	return &alert.Pager{
		Checks: s.checks(p, d), Channels: d.Channels, Plan: d.Plan, Watch: s.cfg.watchers(),
		Memory: d.Memory, Acks: d.Acks, States: d.States, History: &p.OnCall.Past, Pace: s.cfg.pace(), Beat: p.heart.Beat,
		Practice: fmt.Sprintf("%x", sha256.Sum256(append([]byte("alerts"), p.keys.names...))), From: d.From, Desk: d.Desk,
		Every: 30 * time.Second, Log: s.log.Named("alert"), Now: time.Now,
	}
}

// calls calls people and sends the summaries, in the one process that does both.
func (s *service) calls(ctx context.Context, p workings, wake <-chan struct{}) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.pager(p).Run(ctx, wake) })
	if p.digests != nil {
		g.Go(func() error { return p.digests.Run(ctx) })
	}
	return g.Wait()
}

// heart tells the outside that the pager sees.
func (s *service) heart(channels []alert.Channel) (*beat.Heart, error) {
	h := &beat.Heart{Every: s.cfg.Alerts.Heartbeat.Every.Duration, Now: time.Now}
	if b := &s.cfg.Alerts.Heartbeat.Heartbeat; b.URL != "" {
		ping, err := b.Open(channel.Options{Now: time.Now})
		if err != nil {
			return nil, fmt.Errorf("alerts.heartbeat: %w", err)
		}
		h.Pings = append(h.Pings, ping)
	}
	for _, c := range channels {
		if w, is := c.Notifier.(incident.Watchdog); is {
			h.Pings = append(h.Pings, w.Watch)
		}
	}
	return h, nil
}

// hooks take what providers send back.
func (s *service) hooks(p workings) http.Handler {
	d := p.duty
	o := hook.Options{Duty: d, Record: recordedBy(p.Audit), Log: s.log.Named("hook"), Now: time.Now}
	a := &s.cfg.Alerts
	for i := range a.PagerDuty {
		o.Sources = append(o.Sources, hook.Source{Name: a.PagerDuty[i].Name, Kind: hook.PagerDuty, Secret: a.PagerDuty[i].HookSecret})
	}
	for i := range a.SMS {
		o.Sources = append(o.Sources, s.answers(a.SMS[i], d))
	}
	for i := range a.Voice {
		o.Sources = append(o.Sources, s.answers(smsConfig(a.Voice[i]), d))
	}
	return hook.New(o)
}

// recordedBy puts what people answered on record before it counts, as the desk does.
func recordedBy(log *audit.Log) func(context.Context, hook.Said, func(context.Context) error) error {
	return func(ctx context.Context, said hook.Said, do func(context.Context) error) error {
		act := audit.Act{By: said.By, From: "service", Do: "alert-acknowledged", On: said.Key[:min(len(said.Key), 200)], Note: fmt.Sprintf("round %d, by %s", said.Round, said.How)}
		if err := log.Append(ctx, act); err != nil {
			return err
		}
		err := do(ctx)
		if err == nil {
			return nil
		}
		act.Do, act.Note = "not-done", act.Do
		return errors.Join(err, log.Append(context.WithoutCancel(ctx), act))
	}
}

// answers are what comes from people's phones.
func (s *service) answers(c smsConfig, d *alert.Duty) hook.Source {
	return hook.Source{Name: c.Name, Kind: hook.Twilio, Secret: c.AuthToken, URL: cmp.Or(c.AnswerURL, s.cfg.hookURL(c.Name)), People: func(from string) []string {
		return peopleAt(&d.Base, from)
	}}
}

// peopleAt are those whose address that is: several may share a telephone.
func peopleAt(p *roster.Plan, address string) (names []string) {
	for _, person := range p.People {
		if slices.ContainsFunc(person.Lines, func(l roster.Line) bool { return l.To == address }) {
			names = append(names, person.Name)
		}
	}
	return names
}

// digests send the summaries; nil: nobody reads them.
func (s *service) digests(p workings) (*digest.Sender, error) {
	d := &s.cfg.Alerts.Digest
	mailer := s.cfg.mailer()
	if mailer == nil || len(d.Morning)+len(d.Weekly) == 0 {
		return nil, nil
	}
	days, err := digest.ParseDays(d.Days)
	if err != nil {
		return nil, err
	}
	morning := digest.Clock{At: d.At, Days: days, Holidays: p.duty.Base.Holidays, Zone: p.duty.Base.Zone}
	weekly := morning
	weekly.Days, weekly.Holidays = []time.Weekday{time.Monday}, nil
	return &digest.Sender{
		Digests: []digest.Digest{{Kind: digest.Morning, Clock: morning, Readers: readers(d.Morning, d.Lang)}, {Kind: digest.Weekly, Clock: weekly, Readers: readers(d.Weekly, d.Lang)}},
		Write:   s.summaries(p).Write, Poster: letters{mailer}, Marks: p.OnCall.Digests, Log: s.log.Named("digest"), Now: time.Now,
	}, nil
}

// summaries is what the digests are written from.
func (s *service) summaries(p workings) *digest.Source {
	return &digest.Source{
		Practice: s.cfg.Practice.Name, Page: s.cfg.pageURL(), Desk: p.desk, Health: p.accounts.health(p.Sources), Duty: p.duty,
		Ready:  func(context.Context) error { return p.bus.Healthy() },
		Judged: p.Samples.Judged,
		Calls: func(_ context.Context, from, until time.Time) ([]digest.Call, error) {
			return p.OnCall.Calls(p.duty, from, until), nil
		},
		In:  func(lang, sentence string) string { return say.In(lang).Whole(sentence) },
		Log: s.log.Named("digest"),
	}
}

// letters sends digests by a mail server.
type letters struct{ to *mail.Email }

// Post implements digest.Poster.
func (l letters) Post(ctx context.Context, d digest.Letter) error {
	return l.to.Post(ctx, mail.Letter{To: d.To, Subject: d.Subject, Text: d.Text, HTML: d.HTML, ID: d.ID})
}

func readers(addresses []string, lang string) (out []digest.Reader) {
	for _, a := range addresses {
		out = append(out, digest.Reader{Address: a, Lang: lang})
	}
	return out
}
