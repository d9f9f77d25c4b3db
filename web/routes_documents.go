package web

import (
	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/rag"
)

// documentRoutes are the API of collections: their documents, searches and answers.
var documentRoutes = []route{
	call("GET", "/collections", auth.CollectionView, "Collections of documents", apiCollections),
	call("POST", "/collections", auth.CollectionEdit, "Make a collection", apiCreateCollection, made),
	call("GET", "/collections/:id", auth.CollectionView, "A collection, by its id or its name", apiCollection),
	call("POST", "/collections/:id", auth.CollectionEdit, "Change a collection", apiPutCollection),
	call("DELETE", "/collections/:id", auth.CollectionEdit, "Delete a collection with all its documents", apiDeleteCollection),
	call("GET", "/collections/:id/documents", auth.CollectionView, "Documents of a collection and how it stands with each", apiDocuments),
	stream[uploadIn, uploadOut]("POST", "/collections/:id/documents", auth.CollectionEdit, "Take files in; those of the same name are replaced", apiUpload, accepted,
		costs(costFile), body(uploadBody), media("multipart/form-data")),
	call("POST", "/collections/:id/documents/order", auth.CollectionEdit, "Pause, resume, retry, take in again or delete documents", apiOrderDocuments),
	call("GET", "/collections/:id/documents/:document", auth.CollectionView, "A document", apiOneDocument),
	call("GET", "/collections/:id/documents/:document/text", auth.CollectionView, "The text of a document and where its chunks stand in it", apiDocumentText, costs(costFile)),
	stream[documentIn, nothing]("GET", "/collections/:id/documents/:document/file", auth.CollectionView, "A document's bytes as they came", apiDocumentFile,
		costs(costFile), answers("application/octet-stream")),
	call("GET", "/collections/:id/records", auth.CollectionView, "Find chunks by words, a page at a time, with how many there are by tag", apiRecords),
	call("POST", "/collections/:id/search", auth.CollectionView, "Find chunks, and see every stage of how they were found", apiSearch, costs(costSome)),
	stream[askIn, rag.Answer]("POST", "/collections/:id/ask", auth.CollectionView, "Answer a question from a collection, with citations", apiAsk,
		costs(costSome), answers(eventStream), timed(askLimit)),
	call("GET", "/collections/:id/questions", auth.CollectionView, "Judged questions of a collection", apiQuestions),
	call("POST", "/collections/:id/questions", auth.CollectionEdit, "Keep judged questions", apiPutQuestions, costs(costSome)),
	stream[questionFileIn, questionsOut]("GET", "/collections/:id/questions/file", auth.CollectionView, "Judged questions as a file", apiExportQuestions, answers("text/csv")),
	stream[collectionIn, putQuestionsOut]("POST", "/collections/:id/questions/file", auth.CollectionEdit, "Keep the judged questions of a file, JSON or CSV", apiImportQuestions,
		costs(costFile), body(maxQuestionFile), media("text/csv")),
	call("DELETE", "/collections/:id/questions/:question", auth.CollectionEdit, "Delete a judged question", apiDeleteQuestion),
	call("GET", "/collections/:id/evaluations", auth.CollectionView, "Evaluations of a collection", apiEvaluations),
	call("POST", "/collections/:id/evaluations", auth.CollectionEdit, "Ask the judged questions and measure what comes, in the background", apiEvaluate,
		accepted, costs(costTests)),
	call("GET", "/collections/:id/evaluations/:evaluation", auth.CollectionView, "An evaluation with what came of each question", apiEvaluation),
	call("POST", "/collections/:id/evaluations/:evaluation/stop", auth.CollectionEdit, "Stop an evaluation", apiStopEvaluation),
	call("DELETE", "/collections/:id/evaluations/:evaluation", auth.CollectionEdit, "Delete an evaluation", apiDeleteEvaluation),
	call("POST", "/collections/:id/calibration", auth.CollectionEdit, "Use the calibration of a fit, or the one that comes with the program", apiCalibrate),
}
