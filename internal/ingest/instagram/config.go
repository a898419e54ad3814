package instagram

import (
	"errors"
	"fmt"
	"io"

	"triage/internal/ingest/graph"
)

// The ways in which an account can be connected.
const (
	// FacebookLogin: the account belongs to a Facebook Page, and the Page's token
	// is used.
	FacebookLogin = "facebook"
	// InstagramLogin: the account's own token is used and no Page is needed.
	InstagramLogin = "instagram"
)

// Config is the section of one Instagram account.
type Config struct {
	// Login says how the account is connected: FacebookLogin or InstagramLogin.
	Login string `toml:"login"`
	// Account is the numeric id of the professional account: a Page's
	// instagram_business_account or, with InstagramLogin, user_id of me.
	Account string `toml:"account"`
	// Page is the numeric id of the Facebook Page that the account is connected
	// to. It is needed with FacebookLogin and means nothing otherwise.
	Page string `toml:"page"`
	// Version of the Graph API, such as "v26.0". Meta serves a version for about
	// two years; without one in the path it would pick one itself.
	Version string `toml:"version"`
	// BaseURL is where the Graph API answers; for rehearsals the sandbox's. Its
	// default depends on Login.
	BaseURL string `toml:"base_url"`
	// Token is the Page's access token or, with InstagramLogin, the account's.
	// Exactly one of Token and TokenFile is set; the program reads the file and
	// hands the value on in Token.
	Token     string `toml:"token"`
	TokenFile string `toml:"token_file"`
	// AppID is the numeric id of the app the token was made for. Together with
	// AppSecret it lets the program learn when the token ends. Optional.
	AppID string `toml:"app_id"`
	// AppSecret, or the file it is in, adds a proof to every call, which an app
	// can demand. Optional.
	AppSecret     string `toml:"app_secret"`
	AppSecretFile string `toml:"app_secret_file"`
	// Media is how many of the newest posts and reels a sweep reads in full.
	Media int `toml:"media"`
}

// Defaults is the section with everything that has a default.
func Defaults() Config { return Config{}.filled() }

// filled gives what is not set its default.
func (c Config) filled() Config {
	if c.Login == "" {
		c.Login = FacebookLogin
	}
	if c.Version == "" {
		c.Version = graph.DefaultVersion
	}
	if c.BaseURL == "" {
		c.BaseURL = "https://graph.facebook.com"
		if c.Login == InstagramLogin {
			c.BaseURL = "https://graph.instagram.com"
		}
	}
	if c.Media == 0 {
		c.Media = 30
	}
	return c
}

// maxMedia keeps what every sweep reads within the calls that Meta grants a small account.
const maxMedia = 300

// Validate says what is wrong with the section; an unset key has its default.
// Secrets are not looked at and no value is repeated.
func (c Config) Validate() error {
	c = c.filled()
	switch {
	case c.Login != FacebookLogin && c.Login != InstagramLogin:
		return fmt.Errorf("login must be %q (the account belongs to a Facebook Page) or %q", FacebookLogin, InstagramLogin)
	case !graph.IsID(c.Account):
		return errors.New("account must be the numeric id of the professional Instagram account: Meta Business Suite shows it under Settings, Accounts, Instagram accounts")
	case c.Login == FacebookLogin && !graph.IsID(c.Page):
		return errors.New(`page must be the numeric id of the Facebook Page that the account is connected to; without a Page use login = "instagram"`)
	case c.Media < 1 || c.Media > maxMedia:
		return fmt.Errorf("media must be from 1 to %d", maxMedia)
	}
	return graph.Validate(c.BaseURL, c.Version, c.AppID)
}

// Permissions are those that the token needs, as Meta names them.
func (c Config) Permissions() []string {
	if c.Login == InstagramLogin {
		return []string{"instagram_business_basic", "instagram_business_manage_comments", "instagram_business_manage_messages"}
	}
	return []string{"instagram_basic", "instagram_manage_comments", "instagram_manage_messages", "pages_read_engagement", "pages_messaging"}
}

// Format keeps the secrets out of every formatted string, whatever the verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[instagram section]") }
