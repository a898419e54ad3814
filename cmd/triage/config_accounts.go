package main

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
	"triage/internal/ingest/google"
	"triage/internal/ingest/instagram"
	"triage/internal/ingest/wordpress"
	"triage/internal/ingest/x"
)

// accountConfig are the keys that the sections of all platforms' accounts have.
type accountConfig struct {
	Name string `toml:"name"`
	// Every is the fastest pace: from one look to the next while comments come.
	Every duration `toml:"every"`
	// Budget is how many calls an hour reading may take on average; 0: as many as
	// the pace needs.
	Budget int    `toml:"budget"`
	Lang   string `toml:"lang"`
}

type facebookConfig struct {
	accountConfig
	facebook.Config
}

type instagramConfig struct {
	accountConfig
	instagram.Config
}

type xConfig struct {
	accountConfig
	x.Config
}

type wordpressConfig struct {
	accountConfig
	wordpress.Config
}

type googleConfig struct {
	accountConfig
	google.Config
}

// section is what the file says of one account on a platform.
type section struct {
	*accountConfig
	platform string
	at       string // where its server is; empty: where the platform's is
	number   int    // among those of the platform
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
	log    *zap.Logger
	name   string
	names  ingest.Namer
	tokens ingest.Tokens // nil: what the section holds
}

// key is where the section stands in the file.
func (s section) key() string { return fmt.Sprintf("%s[%d]", s.platform, s.number) }

// open makes the account's client; of the parts, its name is the section's.
func (s section) open(p clientParts) (client, error) {
	p.log, p.name = p.log.Named(s.platform), s.Name
	c, err := s.client(p)
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
	for i := range c.Instagram {
		out = append(out, c.Instagram[i].section(i))
	}
	for i := range c.X {
		out = append(out, c.X[i].section(i))
	}
	for i := range c.WordPress {
		out = append(out, c.WordPress[i].section(i))
	}
	for i := range c.Google {
		out = append(out, c.Google[i].section(i))
	}
	return out
}

func (f *instagramConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: instagram.Platform, at: f.BaseURL, number: i, validate: f.Validate,
		secrets: []secretKey{{"token", &f.Token, f.TokenFile, f.AppID == ""}, {"app_secret", &f.AppSecret, f.AppSecretFile, false}},
		client: func(p clientParts) (client, error) {
			return instagram.New(f.Config, instagram.Options{Log: p.log, Account: p.name, Tokens: p.tokens})
		},
	}
}

func (f *xConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: x.Platform, at: f.BaseURL, number: i, validate: f.Validate,
		secrets: []secretKey{{"consumer_secret", &f.ConsumerSecret, f.ConsumerSecretFile, f.ConsumerKey != ""},
			{"access_token", &f.AccessToken, f.AccessTokenFile, f.ConsumerKey != ""},
			{"access_secret", &f.AccessSecret, f.AccessSecretFile, f.ConsumerKey != ""},
			{"client_secret", &f.ClientSecret, f.ClientSecretFile, false}, {"refresh_token", &f.RefreshToken, f.RefreshTokenFile, false}},
		client: func(p clientParts) (client, error) {
			return x.New(f.Config, x.Options{Log: p.log, Account: p.name, Tokens: p.tokens})
		},
	}
}

func (f *wordpressConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: wordpress.Platform, at: f.Site, number: i, validate: f.Validate,
		secrets: []secretKey{{"password", &f.Password, f.PasswordFile, true}},
		client: func(p clientParts) (client, error) {
			return wordpress.New(f.Config, wordpress.Options{Log: p.log, Account: p.name, Names: p.names})
		},
	}
}

func (f *googleConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: google.Platform, at: f.BaseURL, number: i, validate: f.Validate,
		secrets: []secretKey{{"client_secret", &f.ClientSecret, f.ClientSecretFile, true}, {"refresh_token", &f.RefreshToken, f.RefreshTokenFile, false}},
		client: func(p clientParts) (client, error) {
			return google.New(f.Config, google.Options{Log: p.log, Account: p.name, Tokens: p.tokens})
		},
	}
}

func (f *facebookConfig) section(i int) section {
	return section{
		accountConfig: &f.accountConfig, platform: facebook.Platform, at: f.BaseURL, number: i, validate: f.Validate,
		secrets: []secretKey{{"token", &f.Token, f.TokenFile, f.AppID == ""}, {"app_secret", &f.AppSecret, f.AppSecretFile, false}},
		client: func(p clientParts) (client, error) {
			return facebook.New(f.Config, facebook.Options{Log: p.log, Account: p.name, Tokens: p.tokens})
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
