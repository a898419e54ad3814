// Package x speaks X's API for one account in both directions: it reads the
// posts that mention the account, and does what was approved about them.
//
// X's terms forbid to infer anything about health from a post, so nothing here
// is to be judged unless that is switched on. How the API is spoken in version
// 1.1, for accounts that still have it, is known to package legacy; how an
// OAuth 2.0 token is renewed is not known here: an ingest.Tokens gives it.
package x

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
)

// Config is the section of one account on X.
type Config struct {
	// User is the numeric id of the account.
	User string `toml:"user"`
	// API is the version of the API: "2", or "1.1" for accounts that still have it.
	API string `toml:"api"`
	// BaseURL is where the API answers; for rehearsals the sandbox's.
	BaseURL string `toml:"base_url"`
	// Fields is how version 2 names its fields: "tweet", or "post" as the API's
	// newer contract has it. Answers are understood in either.
	Fields string `toml:"fields"`

	// ConsumerKey and ConsumerSecret are the app's, AccessToken and AccessSecret
	// those of the account that let it in (OAuth 1.0a). Of each secret, either it
	// or the file it is in is set; the program reads the file.
	ConsumerKey        string `toml:"consumer_key"`
	ConsumerSecret     string `toml:"consumer_secret"`
	ConsumerSecretFile string `toml:"consumer_secret_file"`
	AccessToken        string `toml:"access_token"`
	AccessTokenFile    string `toml:"access_token_file"`
	AccessSecret       string `toml:"access_secret"`
	AccessSecretFile   string `toml:"access_secret_file"`

	// ClientID and ClientSecret are the app's (OAuth 2.0); a public app has no
	// secret. RefreshToken is what tokens are renewed with, at TokenURL; without
	// one the account is connected by the program. Either these or the keys of
	// OAuth 1.0a are set.
	ClientID         string `toml:"client_id"`
	ClientSecret     string `toml:"client_secret"`
	ClientSecretFile string `toml:"client_secret_file"`
	RefreshToken     string `toml:"refresh_token"`
	RefreshTokenFile string `toml:"refresh_token_file"`
	TokenURL         string `toml:"token_url"`

	// Days is for how many days after it was written a mention is looked at again
	// by every sweep, to find edits and deletions.
	Days int `toml:"days"`
	// Replies says which mentions may be answered: "summoned" for those whose
	// author names or quotes the account, which is all that X allows to apps of its
	// self-serve tiers; "all" for an enterprise agreement.
	Replies string `toml:"replies"`
	// Inference lets posts be judged. X's developer terms forbid to derive or
	// infer, and to store what was derived or inferred, about a user's health.
	Inference bool `toml:"inference"`
	// Private lets people who wrote to the account first be answered in a private
	// message. X's automation rules allow it to no one else.
	Private bool `toml:"private"`
	// DeepLink adds to public replies a button that opens a private message.
	DeepLink bool `toml:"deep_link"`
	// Links lets public replies hold addresses of the web, for which X charges
	// more than ten times as much.
	Links bool `toml:"links"`
}

// What Config.API, Config.Fields and Config.Replies may say.
const (
	v2Name   = "2"
	v1Name   = "1.1"
	tweets   = "tweet"
	posts    = "post"
	summoned = "summoned"
	everyone = "all"
)

const (
	home     = "https://api.x.com"
	mostDays = 30
)

// Defaults is the section with everything that has a default.
func Defaults() Config { return Config{}.Filled() }

// Filled gives what is not set its default. Nothing goes to X itself where
// base_url names somebody else.
func (c Config) Filled() Config {
	either := func(set *string, value string) {
		if *set == "" {
			*set = value
		}
	}
	either(&c.API, v2Name)
	either(&c.BaseURL, home)
	either(&c.Fields, tweets)
	either(&c.Replies, summoned)
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	either(&c.TokenURL, c.BaseURL+"/2/oauth2/token")
	if c.Days == 0 {
		c.Days = 7
	}
	return c
}

var idPattern = regexp.MustCompile(`^[0-9]{1,19}$`)

// Validate says what is wrong with the section; an unset key has its default.
// No secret is read and no value is repeated.
func (c Config) Validate() error {
	c = c.Filled()
	switch {
	case !idPattern.MatchString(c.User):
		return errors.New("user must be the numeric id of the account, not its name: X's developer portal shows it, and so does the number before the dash in access_token")
	case c.API != v2Name && c.API != v1Name:
		return errors.New(`api must be "2" or "1.1"`)
	case c.Fields != tweets && c.Fields != posts:
		return errors.New(`fields must be "tweet" or "post"`)
	case c.Replies != summoned && c.Replies != everyone:
		return errors.New(`replies must be "summoned" or "all"`)
	case c.Days < 1 || c.Days > mostDays:
		return fmt.Errorf("days must be from 1 to %d", mostDays)
	}
	if err := c.validKeys(); err != nil {
		return err
	}
	if err := validURL("base_url", c.BaseURL); err != nil {
		return err
	}
	return validURL("token_url", c.TokenURL)
}

// validKeys demands exactly one of the two ways to sign in, and with version 1.1
// the one that it knows, without what it cannot do.
func (c Config) validKeys() error {
	first := c.ConsumerSecret + c.ConsumerSecretFile + c.AccessToken + c.AccessTokenFile + c.AccessSecret + c.AccessSecretFile
	second := c.ClientSecret + c.ClientSecretFile + c.RefreshToken + c.RefreshTokenFile
	switch {
	case c.ConsumerKey != "" && c.ClientID != "":
		return errors.New("consumer_key and client_id are two ways to sign in: set one of them")
	case c.ConsumerKey == "" && c.ClientID == "":
		return errors.New("set consumer_key with its secrets (OAuth 1.0a), or client_id (OAuth 2.0), from the app's keys in X's developer portal")
	case c.ClientID != "" && first != "":
		return errors.New("consumer_secret, access_token and access_secret go with consumer_key, not with client_id")
	case c.ConsumerKey != "" && second != "":
		return errors.New("client_secret and refresh_token go with client_id, not with consumer_key")
	case c.API == v1Name && c.ClientID != "":
		return errors.New(`api = "1.1" needs consumer_key and its secrets (OAuth 1.0a)`)
	case c.API == v1Name && (c.Private || c.DeepLink):
		return errors.New(`private and deep_link need api = "2"`)
	}
	return nil
}

// validURL demands https, for keys travel with every call; only this machine may
// be spoken to in plain.
func validURL(key, value string) error {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s must be a scheme and a host, perhaps with a path, and nothing else", key)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	default:
		return fmt.Errorf("%s must use https; plain http is accepted only for this machine, such as 127.0.0.1", key)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[x section]") }
