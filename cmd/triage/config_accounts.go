package main

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
)

// accountConfig are the keys that the sections of all platforms' accounts have.
type accountConfig struct {
	Name string `toml:"name"`
	// Every is the fastest pace: from one look to the next while comments come.
	Every duration `toml:"every"`
	Lang  string   `toml:"lang"`
}

type facebookConfig struct {
	accountConfig
	facebook.Config
}

// section is what the file says of one account on a platform.
type section struct {
	*accountConfig
	platform string
	number   int // among those of the platform
	secrets  []secretKey
	validate func() error
	client   func(clientParts) (client, error)
}

// secretKey is a secret that is given as such or by the file it is in.
type secretKey struct {
	key    string
	value  *string
	file   string
	needed bool
}

// client reads an account and acts on it.
type client interface {
	ingest.Source
	ingest.Actor
	ingest.Account
}

// clientParts are what a client is made with besides its section.
type clientParts struct {
	log  *zap.Logger
	name string
}

// key is where the section stands in the file.
func (s section) key() string { return fmt.Sprintf("%s[%d]", s.platform, s.number) }

// open makes the account's client.
func (s section) open(log *zap.Logger) (client, error) {
	c, err := s.client(clientParts{log: log.Named(s.platform), name: s.Name})
	if err != nil {
		return nil, fmt.Errorf("account %s: %w", s.Name, err)
	}
	return c, nil
}

// sections are those of all accounts on platforms. Everything that holds for each
// of them goes through here.
func (c *config) sections() []section {
	var out []section
	for i := range c.Facebook {
		out = append(out, c.Facebook[i].section(i))
	}
	return out
}

func (f *facebookConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: facebook.Platform, number: i, validate: f.Validate,
		secrets: []secretKey{{"token", &f.Token, f.TokenFile, true}, {"app_secret", &f.AppSecret, f.AppSecretFile, false}},
		client: func(p clientParts) (client, error) {
			return facebook.New(f.Config, facebook.Options{Log: p.log, Account: p.name})
		},
	}
}

// validateSections looks at what the types of the keys cannot say.
func (c *config) validateSections(bad func(key, format string, args ...any), name func(key, name string)) {
	for _, s := range c.sections() {
		name(s.key()+".name", s.Name)
		if s.lacksSecret() {
			continue // said already
		}
		if err := s.validate(); err != nil {
			bad(s.key(), "%v", err)
		}
		if s.Every.Duration < time.Second {
			bad(s.key()+".every", "%v is too often: at least 1s", s.Every)
		}
	}
}

func (s section) lacksSecret() bool {
	for _, given := range s.secrets {
		if given.needed && *given.value == "" {
			return true
		}
	}
	return false
}
