// Package google speaks Google's Business Profile APIs for one location in both
// directions: it reads the reviews and the practice's replies to them, and
// publishes or deletes a reply.
//
// Reviews are served by the My Business API v4, accounts and locations by the
// account management and business information APIs v1. How the access token is
// renewed is not known here: an ingest.Tokens gives it.
package google

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config is the section of one location.
type Config struct {
	// Account and Location are resource names, such as "accounts/1" and
	// "locations/2".
	Account  string `toml:"account"`
	Location string `toml:"location"`
	// BaseURL is where the My Business API v4 answers; for rehearsals the
	// sandbox's. The other addresses follow it where they are not set.
	BaseURL string `toml:"base_url"`
	// AccountsURL and LocationsURL are where the account management and business
	// information APIs answer, TokenURL where access tokens are given out.
	AccountsURL  string `toml:"accounts_url"`
	LocationsURL string `toml:"locations_url"`
	TokenURL     string `toml:"token_url"`
	// ClientID and ClientSecret are the app's at Google. Of the secret, either it
	// or the file it is in is set; the program reads the file.
	ClientID         string `toml:"client_id"`
	ClientSecret     string `toml:"client_secret"`
	ClientSecretFile string `toml:"client_secret_file"`
	// RefreshToken is what access tokens are renewed with, given like the secret;
	// without one the account is connected by the program.
	RefreshToken     string `toml:"refresh_token"`
	RefreshTokenFile string `toml:"refresh_token_file"`
	// FullEvery is after how long a sweep reads every review there is, with its
	// unit, such as "24h": only that shows what was deleted.
	FullEvery string `toml:"full_every"`
}

// google are the addresses of Google itself.
var google = Config{
	BaseURL:      "https://mybusiness.googleapis.com",
	AccountsURL:  "https://mybusinessaccountmanagement.googleapis.com",
	LocationsURL: "https://mybusinessbusinessinformation.googleapis.com",
	TokenURL:     "https://oauth2.googleapis.com/token",
}

// Defaults is the section with everything that has a default.
func Defaults() Config { return Config{BaseURL: google.BaseURL, FullEvery: "24h"}.Filled() }

// Filled gives what is not set its default. Nothing goes to Google where
// base_url names somebody else.
func (c Config) Filled() Config {
	either := func(set *string, value string) {
		if *set == "" {
			*set = value
		}
	}
	either(&c.BaseURL, google.BaseURL)
	either(&c.FullEvery, "24h")
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	hosts := google
	if c.BaseURL != google.BaseURL {
		hosts = Config{AccountsURL: c.BaseURL, LocationsURL: c.BaseURL, TokenURL: c.BaseURL + "/token"}
	}
	either(&c.AccountsURL, hosts.AccountsURL)
	either(&c.LocationsURL, hosts.LocationsURL)
	either(&c.TokenURL, hosts.TokenURL)
	c.AccountsURL, c.LocationsURL = strings.TrimRight(c.AccountsURL, "/"), strings.TrimRight(c.LocationsURL, "/")
	return c
}

var (
	accountPattern  = regexp.MustCompile(`^accounts/[0-9A-Za-z_-]{1,64}$`)
	locationPattern = regexp.MustCompile(`^locations/[0-9A-Za-z_-]{1,64}$`)
)

// Bounds of FullEvery.
const (
	leastFull = time.Hour
	mostFull  = 30 * 24 * time.Hour
)

// Validate says what is wrong with the section; an unset key has its default.
// Secrets are not looked at and no value is repeated.
func (c Config) Validate() error {
	c = c.Filled()
	full, err := time.ParseDuration(c.FullEvery)
	switch {
	case !accountPattern.MatchString(c.Account):
		return errors.New(`account must look like "accounts/1", the account's name in the Account Management API`)
	case !locationPattern.MatchString(c.Location):
		return errors.New(`location must look like "locations/2", the location's name in the Business Information API`)
	case c.ClientID == "":
		return errors.New("client_id is missing: make an OAuth client for a desktop app in the Google Cloud console and copy its id")
	case err != nil || full < leastFull || full > mostFull:
		return errors.New(`full_every must be a time from "1h" to "720h"`)
	}
	for _, u := range []struct{ key, value string }{
		{"base_url", c.BaseURL}, {"accounts_url", c.AccountsURL}, {"locations_url", c.LocationsURL}, {"token_url", c.TokenURL},
	} {
		if err := validURL(u.key, u.value); err != nil {
			return err
		}
	}
	return nil
}

// validURL demands https, for a token travels with every call; only this machine
// may be spoken to in plain.
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
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[google section]") }
