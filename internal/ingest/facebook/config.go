// Package facebook speaks Meta's Graph API for one Facebook Page in both
// directions: it reads the comments and does what was approved about them.
//
// The library github.com/huandu/facebook/v2 builds the requests. It is not
// asked what an answer means: it takes several failures for success and follows
// addresses the server names, so every answer is recorded on its way to the
// library and judged here (see errors.go).
package facebook

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
)

// Config is the section of one Facebook Page.
type Config struct {
	// Page is the numeric id of the Page.
	Page string `toml:"page"`
	// Version of the Graph API, such as "v26.0". Meta serves a version for about
	// two years; without one in the path it would pick one itself.
	Version string `toml:"version"`
	// BaseURL is where the Graph API answers; for rehearsals the sandbox's.
	BaseURL string `toml:"base_url"`
	// Token is the Page's access token. Exactly one of Token and TokenFile is
	// set; the program reads the file and hands the value on in Token.
	Token     string `toml:"token"`
	TokenFile string `toml:"token_file"`
	// AppSecret, or the file it is in, adds a proof to every call, which an app
	// can demand. Optional.
	AppSecret     string `toml:"app_secret"`
	AppSecretFile string `toml:"app_secret_file"`
	// Posts is how many of the newest posts a sweep looks at again, to find
	// edits and late comments.
	Posts int `toml:"posts"`
}

// Defaults is the section with everything that has a default.
func Defaults() Config {
	return Config{Version: "v26.0", BaseURL: "https://graph.facebook.com", Posts: 50}
}

// filled gives what is not set its default.
func (c Config) filled() Config {
	d := Defaults()
	if c.Version == "" {
		c.Version = d.Version
	}
	if c.BaseURL == "" {
		c.BaseURL = d.BaseURL
	}
	if c.Posts == 0 {
		c.Posts = d.Posts
	}
	return c
}

// maxPosts keeps a sweep within the calls that Meta grants a small Page.
const maxPosts = 500

var (
	pagePattern    = regexp.MustCompile(`^[0-9]{1,32}$`)
	versionPattern = regexp.MustCompile(`^v[0-9]{1,3}\.[0-9]$`)
)

// Validate says what is wrong with the section; an unset key has its default.
// Secrets are not looked at and no value is repeated.
func (c Config) Validate() error {
	c = c.filled()
	switch {
	case !pagePattern.MatchString(c.Page):
		return errors.New("page must be the numeric id of the Page: on Facebook open the Page, About, Page transparency")
	case !versionPattern.MatchString(c.Version):
		return errors.New(`version must look like "v26.0"`)
	case c.Posts < 1 || c.Posts > maxPosts:
		return fmt.Errorf("posts must be from 1 to %d", maxPosts)
	}
	return validBase(c.BaseURL)
}

// validBase demands https, for the token travels with every call; only this
// machine may be spoken to in plain.
func validBase(base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("base_url must be a scheme and a host, perhaps with a path, and nothing else")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	default:
		return errors.New("base_url must use https; plain http is accepted only for this machine, such as 127.0.0.1")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[facebook section]") }
