package main

import (
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"triage/internal/people"
	"triage/internal/review"
)

// oidcConfig is a provider of identities that staff sign in with.
type oidcConfig struct {
	// Name is what the button says, such as "Microsoft".
	Name             string `toml:"name"`
	Issuer           string `toml:"issuer"`
	ClientID         string `toml:"client_id"`
	ClientSecret     string `toml:"client_secret"`
	ClientSecretFile string `toml:"client_secret_file"`
	// Users tells by e-mail address who that is here.
	Users map[string]string `toml:"users"`
}

// The values of review.second_factor.
const (
	secondRequired = "required"
	secondOffered  = "offered"
)

// The bounds of review.idle.
const (
	leastIdle = 2 * time.Minute
	mostIdle  = 12 * time.Hour
)

// validateSignIn looks at how people sign in.
func (c *config) validateSignIn(bad faults) {
	if d := c.Review.Idle.Duration; d < leastIdle || d > mostIdle {
		bad("review.idle", "%s is out of range: from 2m to 12h; the shorter, the less a page left open can do", c.Review.Idle)
	}
	switch c.Review.SecondFactor {
	case "", secondRequired, secondOffered:
	default:
		bad("review.second_factor", "%q is neither: write \"required\" or \"offered\", or leave it out", c.Review.SecondFactor)
	}
	o := c.Review.OIDC
	if o.Issuer == "" {
		if o.ClientID != "" || len(o.Users) > 0 {
			bad("review.oidc.issuer", "it is needed: write the provider's address, such as \"https://accounts.google.com\"")
		}
		return
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		bad("review.oidc.issuer", "%q is no provider: write its https address, as its tokens name it", o.Issuer)
	}
	if o.ClientID == "" {
		bad("review.oidc.client_id", "it is needed: register the page with the provider, with %s/login/back to come back to", strings.TrimRight(c.Review.URL, "/"))
	}
	for mail, name := range o.Users {
		if at := strings.Index(mail, "@"); at < 1 || mail != strings.ToLower(mail) {
			bad("review.oidc.users", "%q is no e-mail address in small letters", mail)
		}
		if err := people.CheckName(name); err != nil {
			bad("review.oidc.users", "%q: %v", name, err)
		}
	}
}

// reachable reports whether the page can be reached from other machines.
func (c *config) reachable() bool {
	host, _, err := net.SplitHostPort(c.Review.Addr)
	u, bad := url.Parse(c.Review.URL)
	return err != nil || !isLoopback(host) || bad == nil && u.Scheme == "https"
}

// staff are the people of the practice.
func (s *service) staff(users people.Store) *people.People {
	p := &people.People{Store: users, Own: []string{s.cfg.Practice.Name}}
	for _, word := range strings.Fields(s.cfg.Practice.Name) {
		if len(word) > 4 { // shorter ones are part of many words
			p.Own = append(p.Own, word)
		}
	}
	// Who sits at this machine tries it out. From elsewhere a password alone, which can
	// be read over somebody's shoulder, must not be enough to publish.
	p.Required = s.cfg.Review.SecondFactor == secondRequired || s.cfg.Review.SecondFactor == "" && s.cfg.reachable()
	return p
}

// mayOverride tells whether a user may let out what the gate refuses, as she is now.
func mayOverride(users people.Store) func(context.Context, string) bool {
	return func(ctx context.Context, name string) bool {
		u, err := users.Get(ctx, name)
		return err == nil && !u.Disabled && u.Role.May(people.Override)
	}
}

// signIn tells the pages how people sign in.
func (s *service) signIn(o review.Options) review.Options {
	o.URL, o.Idle, o.Secure = s.cfg.Review.URL, s.cfg.Review.Idle.Duration, s.secure()
	c := s.cfg.Review.OIDC
	if c.Issuer == "" {
		return o
	}
	o.ProviderName = c.Name
	if o.ProviderName == "" {
		if u, err := url.Parse(c.Issuer); err == nil {
			o.ProviderName = u.Hostname()
		}
	}
	o.Provider = &people.Provider{Issuer: c.Issuer, ClientID: c.ClientID, Secret: c.ClientSecret, Users: c.Users,
		Redirect: strings.TrimRight(s.cfg.Review.URL, "/") + "/login/back"}
	return o
}
