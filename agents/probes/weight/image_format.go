package weight

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	_ "image/png" // pictures are decoded by what they are, not by what they are called

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/surface"
)

// Bounds of what is decoded and when it is worth a word.
const (
	largePicture = 100_000    // bytes
	mostPixels   = 16_000_000 // of one picture: 64 MB once decoded
	quality      = 80         // a JPEG that people cannot tell from the original
)

func imageFormat() *agents.Probe {
	return &agents.Probe{
		ID: "image-format", Title: "Picture that could be much smaller",
		Decides:  "A PNG or JPEG of more than 100 kB becomes more than 30 % smaller when it is written again as a JPEG of quality 80; WebP or AVIF would save more.",
		Keeps:    "Both sizes and the size in pixels.",
		Advice:   "Write photographs as WebP or AVIF, or as JPEG of quality 75 to 80; keep PNG for drawings and for what is transparent.",
		Severity: agents.Low, References: []string{"Lighthouse: modern-image-formats"}, Skills: []string{"images", "bytes"},
		Check: agents.Each(largePictures, smaller),
	}
}

func largePictures(s *surface.Surface) []*surface.Asset {
	var list []*surface.Asset
	for _, a := range served(s) {
		if a.Kind == surface.Image && len(a.Answer.Body) > largePicture && (isPNG(a.Answer.Body) || isJPEG(a.Answer.Body)) {
			list = append(list, a)
		}
	}
	return list
}

func isPNG(b []byte) bool  { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) }
func isJPEG(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) }

func smaller(_ context.Context, _ *agents.Lab, a *surface.Asset) agents.Outcome {
	data := a.Answer.Body
	if a.Answer.Cut {
		return agents.Skip("the picture has more than the 4 MB that are read of an answer")
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return agents.Block("the picture cannot be read: %v", err)
	}
	if config.Width*config.Height > mostPixels || config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels || config.Height > mostPixels {
		return agents.Skip("the picture has %d by %d pixels, more than are decoded", config.Width, config.Height)
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return agents.Block("the picture cannot be read: %v", err)
	}
	if seen, ok := picture.(interface{ Opaque() bool }); format == "png" && (!ok || !seen.Opaque()) {
		return agents.Pass() // a JPEG cannot be seen through
	}
	size, err := rewritten(picture)
	if err != nil {
		return agents.Block("the picture cannot be written again: %v", err)
	}
	saved := 1 - float64(size)/float64(len(data))
	if saved <= 0.3 {
		return agents.Pass()
	}
	return agents.Fail(agents.Finding{
		Cause: nameOf(a.URL),
		Text:  fmt.Sprintf("The %s has %s; as a JPEG of quality %d it would have %s, %.0f %% less.", format, kilobytes(int64(len(data))), quality, kilobytes(int64(size)), 100*saved),
		Evidence: []agents.Evidence{agents.Table("Sizes", agents.ByReading,
			[]string{"format", "pixels", "bytes", "as a JPEG"}, []string{format, fmt.Sprintf("%d × %d", config.Width, config.Height), kilobytes(int64(len(data))), kilobytes(int64(size))})},
	})
}

// rewritten is how many bytes a picture takes as a JPEG.
func rewritten(picture image.Image) (int, error) {
	flat := image.NewRGBA(picture.Bounds())
	draw.Draw(flat, flat.Bounds(), picture, picture.Bounds().Min, draw.Src)
	var b bytes.Buffer
	err := jpeg.Encode(&b, flat, &jpeg.Options{Quality: quality})
	return b.Len(), err
}
