package facebook

import (
	"errors"
	"fmt"
	"io"

	"triage/internal/ingest/graph"
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
	// AppID is the numeric id of the app the token was made for. Together with
	// AppSecret it lets the program learn when the token ends. Optional.
	AppID string `toml:"app_id"`
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
	return Config{Version: graph.DefaultVersion, BaseURL: "https://graph.facebook.com", Posts: 50}
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

// maxPosts keeps what every sweep reads within the calls that Meta grants a small Page.
const maxPosts = 500

// Validate says what is wrong with the section; an unset key has its default.
// Secrets are not looked at and no value is repeated.
func (c Config) Validate() error {
	c = c.filled()
	switch {
	case !graph.IsID(c.Page):
		return errors.New("page must be the numeric id of the Page: on Facebook open the Page, About, Page transparency")
	case c.Posts < 1 || c.Posts > maxPosts:
		return fmt.Errorf("posts must be from 1 to %d", maxPosts)
	}
	return graph.Validate(c.BaseURL, c.Version, c.AppID)
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[facebook section]") }
