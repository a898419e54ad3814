package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/oauth2"

	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
	"triage/internal/ingest/google"
	"triage/internal/ingest/instagram"
	"triage/internal/ingest/oauth"
	"triage/internal/ingest/x"
)

// login is how a person lets the service into an account, and how the tokens
// that this gives live on.
type login struct {
	section
	// words is what the platform is called.
	words string
	app   *oauth.App
	// options say how the tokens live on; Grants and Log are left open.
	options oauth.Options
	// renewedBy says that tokens are renewed with another one.
	renewedBy bool
	// once: what tokens are renewed with works once, and another is given with each.
	once bool
	// redirectHost is the name by which the platform knows this machine.
	redirectHost string
	// finish gets the grant that is kept for the one that the consent gave.
	finish func(context.Context, ingest.Grant) (ingest.Grant, error)
	// lacks are the tasks that whoever consented lacks on a Page.
	lacks []string
	// needs is what the platform may still want.
	needs []string
	// missing are keys of the section without which nobody can be asked.
	missing []string
}

// login finds how an account is connected; an empty name stands for the only one.
func (c *config) login(platform, name string) (*login, error) {
	var found []section
	for _, s := range c.sections() {
		if s.platform == platform && (name == "" || name == s.Name) {
			found = append(found, s)
		}
	}
	switch {
	case !slices.Contains([]string{google.Platform, x.Platform, facebook.Platform, instagram.Platform}, platform):
		return nil, fmt.Errorf("%w: an account on %q is not connected by consent; google, x, facebook and instagram are", errUsage, platform)
	case len(found) == 0:
		return nil, fmt.Errorf("%s has no such account: write its section [[%s]] with client_id or app_id first, or correct --account", c.path, platform)
	case len(found) > 1:
		return nil, fmt.Errorf("%w: there are %d accounts on %s: name one with --account", errUsage, len(found), platform)
	}
	l, ok := c.loginOf(found[0])
	if !ok {
		return nil, fmt.Errorf("account %s signs in with keys of its own and is not connected by consent: see its section", found[0].Name)
	}
	if len(l.missing) > 0 {
		return nil, fmt.Errorf("account %s: set %s in its section, and run this as a user who may read the files that they name", l.Name, strings.Join(l.missing, " and "))
	}
	return l, nil
}

// loginOf is how the account of a section is connected; ok is false where it is
// not.
func (c *config) loginOf(s section) (l *login, ok bool) {
	switch s.platform {
	case google.Platform:
		l = c.Google[s.number].login()
	case x.Platform:
		l = c.X[s.number].login()
	case facebook.Platform:
		l = c.Facebook[s.number].login()
	case instagram.Platform:
		l = c.Instagram[s.number].login()
	}
	if l == nil {
		return nil, false
	}
	l.section, l.options.Platform, l.options.Account = s, s.platform, s.Name
	return l, true
}

// known tells of an account that a person can connect by which app that is done, and
// the hash of the token in the configuration.
func (c *config) known(platform, name string) (client, seed string, ok bool) {
	if name == "" {
		return "", "", false
	}
	l, err := c.login(platform, name)
	if err != nil {
		return "", "", false
	}
	return l.options.Client, oauth.SeedOf(l.options.Seed), true
}

// tokens give the token of an account that a person can connect; nil where its
// section holds all there is.
func (c *config) tokens(s section, grants ingest.Grants, log *zap.Logger) ingest.Tokens {
	l, ok := c.loginOf(s)
	if !ok {
		return nil
	}
	o := l.options
	o.Grants, o.Log = grants, log.Named("oauth")
	return oauth.New(o)
}

// blank lists the keys whose values are empty.
func blank(keys map[string]string) (missing []string) {
	for key, value := range keys {
		if value == "" {
			missing = append(missing, key)
		}
	}
	slices.Sort(missing)
	return missing
}

// app is an app that asks for these permissions.
func app(id, secret string, at oauth2.Endpoint, scopes []string) *oauth.App {
	return &oauth.App{OAuth: oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: at, Scopes: scopes}, HTTP: ingest.NewHTTP(nil), Now: time.Now}
}

func (f *googleConfig) login() *login {
	g := f.Filled()
	at := oauth2.Endpoint{AuthURL: "https://accounts.google.com/o/oauth2/v2/auth", TokenURL: g.TokenURL, AuthStyle: oauth2.AuthStyleInParams}
	if g.BaseURL != google.Defaults().BaseURL {
		at.AuthURL = g.BaseURL + "/o/oauth2/v2/auth"
	}
	scopes := []string{google.Scope}
	a := app(g.ClientID, g.ClientSecret, at, scopes)
	// A refresh token is given for offline access only, and again only when
	// consent is asked for again.
	a.Ask = map[string]string{"access_type": "offline", "prompt": "consent"}
	return &login{
		words: "Google", app: a, renewedBy: true, redirectHost: "127.0.0.1", missing: blank(map[string]string{"client_secret": g.ClientSecret}),
		options: oauth.Options{Renewer: a, Client: g.ClientID, Seed: ingest.Grant{Refresh: g.RefreshToken}, Scopes: scopes},
		needs: []string{
			"access to the Business Profile APIs, applied for in the app's Google Cloud project: before it is granted every call is refused",
			"the app published (Google Auth platform, Audience): while it is in testing the connection ends after 7 days",
			"a verified location, and the Google account an owner or manager of it",
		},
	}
}

// xScopes are the permissions needed on X; offline.access lets tokens be renewed.
var xScopes = []string{"tweet.read", "users.read", "tweet.write", "tweet.moderate.write", "dm.read", "dm.write", "offline.access"}

// login is nil for an account that signs in with OAuth 1.0a.
func (f *xConfig) login() *login {
	c := f.Filled()
	if c.ClientID == "" {
		return nil
	}
	at := oauth2.Endpoint{AuthURL: "https://x.com/i/oauth2/authorize", TokenURL: c.TokenURL, AuthStyle: oauth2.AuthStyleInParams}
	if c.BaseURL != x.Defaults().BaseURL {
		at.AuthURL = c.BaseURL + "/i/oauth2/authorize"
	}
	if c.ClientSecret != "" { // a confidential app names itself in a header
		at.AuthStyle = oauth2.AuthStyleInHeader
	}
	a := app(c.ClientID, c.ClientSecret, at, xScopes)
	return &login{
		words: "X", app: a, renewedBy: true, once: true, redirectHost: "127.0.0.1",
		options: oauth.Options{Renewer: a, Client: c.ClientID, Seed: ingest.Grant{Refresh: c.RefreshToken}, Scopes: xScopes},
		needs: []string{
			"credits for the app's calls, or a plan that includes them: X's API is paid for",
			"an app with read, write and direct message access (User authentication settings)",
			"the account marked as automated (its settings, Your account), and X's rule that only people who mention it are answered",
		},
	}
}

// meta is what the logins of Facebook and Instagram have in common.
type meta struct{ base, version, appID, secret, token string }

// pageLogin is that of a Page, or of an Instagram account behind one: the consent
// gives a person's token, and that the Page's, which is not renewed.
func (m meta) pageLogin(words, page string, scopes []string) *login {
	at := m.base + "/" + m.version
	dialog := "https://www.facebook.com/" + m.version + "/dialog/oauth"
	if m.base != facebook.Defaults().BaseURL {
		dialog = at + "/dialog/oauth"
	}
	l := &login{
		words: words, redirectHost: "localhost",
		app:     app(m.appID, m.secret, oauth2.Endpoint{AuthURL: dialog, TokenURL: at + "/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams}, scopes),
		options: oauth.Options{Client: m.appID, Seed: ingest.Grant{Access: m.token}},
		missing: blank(map[string]string{"app_id": m.appID, "app_secret": m.secret}),
		needs: []string{
			"App Review and Business Verification for Advanced Access to " + strings.Join(scopes, ", ") + ": before, only people with a role in the app are seen and can be written to",
			"the tasks MODERATE and MESSAGING on the Page, for whoever agreed; when she changes her password or leaves, connect again",
		},
	}
	pages := &oauth.Pages{BaseURL: at, AppID: m.appID, Secret: m.secret, HTTP: ingest.NewHTTP(nil), Now: time.Now}
	l.finish = func(ctx context.Context, consent ingest.Grant) (g ingest.Grant, err error) {
		g, l.lacks, err = pages.Exchange(ctx, consent, page)
		return g, err
	}
	return l
}

// facebookScopes are the permissions needed on a Page.
var facebookScopes = []string{"pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement", "pages_messaging"}

func (f *facebookConfig) login() *login {
	d := facebook.Defaults()
	m := meta{strings.TrimRight(cmp.Or(f.BaseURL, d.BaseURL), "/"), cmp.Or(f.Version, d.Version), f.AppID, f.AppSecret, f.Token}
	return m.pageLogin("Facebook", f.Page, facebookScopes)
}

func (f *instagramConfig) login() *login {
	d, home := instagram.Defaults(), "https://graph.instagram.com"
	m := meta{strings.TrimRight(cmp.Or(f.BaseURL, d.BaseURL), "/"), cmp.Or(f.Version, d.Version), f.AppID, f.AppSecret, f.Token}
	if f.Config.Login != instagram.InstagramLogin {
		return m.pageLogin("Instagram", f.Page, append([]string{"pages_show_list"}, f.Permissions()...))
	}
	m.base = strings.TrimRight(cmp.Or(f.BaseURL, home), "/")
	at := oauth2.Endpoint{AuthURL: "https://www.instagram.com/oauth/authorize", TokenURL: "https://api.instagram.com/oauth/access_token", AuthStyle: oauth2.AuthStyleInParams}
	if m.base != home {
		at.AuthURL, at.TokenURL = m.base+"/oauth/authorize", m.base+"/oauth/access_token"
	}
	long := &oauth.LongLived{BaseURL: m.base, HTTP: ingest.NewHTTP(nil), Now: time.Now}
	return &login{
		words: "Instagram", app: app(m.appID, m.secret, at, f.Permissions()), redirectHost: "localhost",
		options: oauth.Options{Renewer: long, Early: oauth.LongLivedEarly, Client: m.appID, Seed: ingest.Grant{Access: m.token}},
		missing: blank(map[string]string{"app_id": m.appID, "app_secret": m.secret}),
		finish: func(ctx context.Context, consent ingest.Grant) (ingest.Grant, error) {
			return long.Exchange(ctx, m.secret, consent.Access)
		},
		needs: []string{
			"App Review for Advanced Access to " + strings.Join(f.Permissions(), ", ") + ": before, only people with a role in the app are seen",
			"a professional account, with access to messages allowed in its settings (Messages and story replies, Connected tools)",
			"a redirect address that begins with https: see --redirect",
		},
	}
}
