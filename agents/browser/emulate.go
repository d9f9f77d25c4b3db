package browser

import (
	"context"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Emulate lets an open tab look as a setting says: its size, its colours, its medium. What else a setting has is for
// tabs that are being opened. The page is drawn anew as a turned or resized window is, without being loaded.
func (t *Tab) Emulate(ctx context.Context, s Setting) error {
	if err := t.Do(ctx, s.looks()...); err != nil {
		return err
	}
	// Two frames later it is drawn; what it loads for that is waited for.
	if _, err := Eval[bool](ctx, t, `new Promise((done) => { setTimeout(() => done(true), 300); requestAnimationFrame(() => requestAnimationFrame(() => done(true))); })`); err != nil {
		return err
	}
	if pending, _ := t.record.quiet(); pending == 0 {
		return nil
	}
	return t.Settle(ctx)
}

// Zoomed is the setting as a browser's zoom makes it: the same window, with so many times fewer CSS pixels.
func (s Setting) Zoomed(factor float64) Setting {
	width, height, scale := s.size()
	s.Width, s.Height, s.Scale = int(float64(width)/factor), int(float64(height)/factor), scale*factor
	return s
}

func (s Setting) size() (width, height int, scale float64) {
	width, height, scale = s.Width, s.Height, s.Scale
	if width == 0 {
		width = 1280
	}
	if height == 0 {
		height = 800
	}
	if scale == 0 {
		scale = 1
	}
	return width, height, scale
}

// looks are the steps that make a tab look as the setting says.
func (s Setting) looks() []chromedp.Action[chromedp.Void] {
	width, height, scale := s.size()
	scheme := "light"
	if s.Dark {
		scheme = "dark"
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if s.ForcedColors {
		features = append(features, &emulation.MediaFeature{Name: "forced-colors", Value: "active"})
	}
	metrics := emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: scale, Mobile: s.Mobile}
	if s.Mobile {
		turned := emulation.ScreenOrientation{Type: emulation.ScreenOrientationTypePortraitPrimary}
		if width > height {
			turned = emulation.ScreenOrientation{Type: emulation.ScreenOrientationTypeLandscapePrimary, Angle: 90}
		}
		metrics.ScreenOrientation = &turned
	}
	return []chromedp.Action[chromedp.Void]{
		call(emulation.SetDeviceMetricsOverride, metrics),
		call(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.Mobile}),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: s.Media, Features: features}),
	}
}
