package wordpress

import (
	"fmt"
	"strings"
	"testing"
)

func TestConfigIsValidated(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"ok":            {func(*Config) {}, ""},
		"a path":        {func(c *Config) { c.Site = "https://practice.example/blog/" }, ""},
		"loopback":      {func(c *Config) { c.Site = "http://127.0.0.1:8490" }, ""},
		"localhost":     {func(c *Config) { c.Site = "http://localhost:8490/" }, ""},
		"ipv6":          {func(c *Config) { c.Site = "http://[::1]:1" }, ""},
		"e-mail":        {func(c *Config) { c.User = "desk@practice.example" }, ""},
		"staff":         {func(c *Config) { c.Staff = []string{"3", "12"} }, ""},
		"no site":       {func(c *Config) { c.Site = "" }, "site must"},
		"no scheme":     {func(c *Config) { c.Site = "practice.example" + secret }, "site must"},
		"plain":         {func(c *Config) { c.Site = "http://practice.example" }, "https"},
		"fake loopback": {func(c *Config) { c.Site = "http://127.0.0.1.evil.example" }, "https"},
		"password":      {func(c *Config) { c.Site = "https://u:" + secret + "@practice.example" }, "site must"},
		"query":         {func(c *Config) { c.Site = "https://practice.example?p=" + secret }, "site must"},
		"broken":        {func(c *Config) { c.Site = "https://%zz" + secret }, "site must"},
		"file":          {func(c *Config) { c.Site = "file://x/" + secret }, "https"},
		"no user":       {func(c *Config) { c.User = "" }, "user must"},
		"both in one":   {func(c *Config) { c.User = "desk:" + secret }, "user must"},
		"days":          {func(c *Config) { c.Days = -1 }, "days must"},
		"many days":     {func(c *Config) { c.Days = 366 }, "days must"},
		"staff by name": {func(c *Config) { c.Staff = []string{"3", secret} }, "staff must"},
		"nobody":        {func(c *Config) { c.Staff = []string{"0"} }, "staff must"},
	} {
		cfg := Config{Site: "https://practice.example", User: "desk", Password: secret}
		c.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", name, err)
		}
		if out := fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg); strings.Contains(out, secret) {
			t.Errorf("%s: prints its secrets: %s", name, out)
		}
	}
	if _, err := New(Config{Site: "https://practice.example", User: "desk", Password: " \n"}, Options{}); err == nil {
		t.Error("a client without a password")
	}
	if d := Defaults(); d.Days != 14 || d.Spam || d.Staff == nil {
		t.Errorf("defaults %v, %v, %v", d.Days, d.Spam, d.Staff)
	}
}
