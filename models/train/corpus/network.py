"""What is true of the Cocoon network, with many wordings of each question. When the design changes, so must this."""

from corpus.phrases import lines, pick, typed_freely
from corpus.rewording import reworded

# Each fact: its name, question grammars (one a line, without closing marks), then the answers.
FACTS = [
    ("cocoon", """
        (could you|please) (sum up|outline|sketch|walk through) (cocoon|the network|this project)
        (I just|I) (installed|found|heard of|opened) cocoon, what is it
        (what|tell me what) (is cocoon|cocoon is) (in short|in two sentences|in a few words|for beginners)
        (what|why|how) is cocoon different from (ChatGPT|OpenAI|a normal AI service|the cloud)
        (what are the|name the|which are the) (advantages|benefits|features) of (cocoon|this network)
        (what is|what's|explain|describe|tell me about|define) (cocoon|the cocoon network|this network|this project)
        (what|so what) (exactly|) is (this|cocoon) (all about|about|for|good for)
        (what does|what can) (cocoon|this network|this project) do
        give me (an overview|a summary|a short summary|an introduction|the basics) of (cocoon|this network|the project|the network)
        (what is|explain) the (idea|purpose|point|goal) (of|behind) (cocoon|this network|the project)
        why (does|should) cocoon exist
        (what kind|what sort) of (network|project|system) is (this|cocoon)
        how (does|would) (cocoon|this network|the network|this|it|the whole thing) work
        (introduce|summarize|present) (cocoon|the network|this project)
        (I have never heard of cocoon|what have I installed|what is running here)
        cocoon
        what problem does (cocoon|this network) solve
        (what is|explain) (decentralized|private) (AI|inference) (here|on TON|in cocoon|)
        """,
     ["Cocoon is a decentralized network for private AI on TON. You send sealed prompts, workers answer them and earn TON, and every answer comes with a signed receipt.",
      "Cocoon is a network for private AI on the TON blockchain. Only the worker that answers can open your prompt, and each answer leaves a signed receipt."]),
    ("decentralized", """
        (does|do) (a company|one firm|some organization|a single person|anybody|OpenAI|Telegram) (own|run|control|govern|host) (cocoon|the network|all this|the servers)
        (who|what company) (decides|rules|has the power|has control) (in cocoon|here|over the network|)
        (is everything|does everything|does it all) (on|depend on|run on|rely on|hang on) (one|a single|a central) (server|machine|company|operator)
        is (cocoon|the network) (centralized|owned by someone|under control of a company)
        (what does decentralized mean|why is it decentralized|why decentralized|what is decentralized about it)
        who (owns|controls|runs|operates|governs|is behind) (cocoon|this network|the network|it)
        (is there|does it have|does cocoon have) a (central server|company in the middle|single owner|boss|central point|headquarters)
        who is (in charge|the owner|the boss) (of the network|of cocoon|here|)
        (can|could) (someone|anyone|a company|one company|the government) (shut down|switch off|control|stop) (cocoon|the network)
        (can anyone|who can|may I|who may) (run a role|join the network|take part|participate|run a node)
        is (cocoon|it|the network) (really|truly|) decentralized
        is there a single point of failure
        """,
     ["Anyone may run any role in Cocoon: proxy, worker, auditor or explorer. There is no single owner and no single point of failure."]),
    ("privacy", """
        (can|could|might|will) (somebody|anybody|anyone|hackers|the internet provider|my boss|the government|third parties) (intercept|overhear|follow|spy on|wiretap|monitor|read along in|listen in on) (my chat|my conversation|what I ask|my prompts|my session|us)
        (is|are) (anything|any text|all of this|what I ask|the things I say|my questions) (visible|readable|open|exposed|leaked) (to others|to anyone|to the public|)
        who (knows|sees|reads|learns) (what I ask|what I type|about my questions|my secrets|what we talk about)
        (does|will) (this|my chat|what I write) (stay|remain|keep) (private|secret|between us|confidential)
        (I worry|I am worried|I care) about (privacy|my privacy|my data)
        is (my data|my prompt|my chat|this chat|this conversation|what I write|my question|it|cocoon|this) (private|safe|secret|confidential|encrypted|protected)
        who (can|could|will|might) (read|see|look at) (my prompt|my prompts|my messages|what I write|what I send|my text|my question|my chat|my answers)
        (can|could|does|do) (anyone|somebody|someone|other people|others|strangers|you|someone else) (read|see|spy on|listen to) (my prompt|my messages|what I write|my chat|my requests)
        how (private|safe|secure|confidential) is (this|it|cocoon|my prompt|my data|the network)
        (how does|how do you|in what way does) (cocoon|the network|it) (protect|guard|keep) my (privacy|data|prompts|secrets)
        (where does|where do) my (prompt|text|data|messages|words) (go|end up)
        (are|will) my (prompts|messages|questions|chats) (stored|logged|saved|kept|recorded) (somewhere|anywhere|)
        (do you|does cocoon|does anybody) (store|log|keep|collect|sell) my (data|prompts|messages|text)
        what happens (to|with) (my data|my prompt|my text|the things I type|what I type)
        (what does|what is) private AI (mean|)
        (tell me about|explain) (privacy|the privacy) (in cocoon|here|of my prompts|)
        """,
     ["Your prompt is sealed on your machine and only the worker that answers can open it. Proxies, logs and the chain never hold your text.",
      "Only you and the one worker that answers see the text. Everyone in between sees sealed bytes and their sizes."]),
    ("secrets", """
        (does|would|will) (the operator|the person behind the worker|whoever runs the GPU|the host|the owner of the machine|the worker's owner) (get to|) (see|read|know) (my prompt|what I ask|my text)
        (I want|I have|I need) to (send|share|paste|ask about) (something secret|private data|passwords|an API key|medical records|a contract|my seed phrase)
        (is it|would it be) (fine|wise|dangerous|risky|a risk) to (paste|enter|send) (keys|my private key|passwords|credit card numbers|secrets)
        (can|may|should) I (send|type|write|share|enter) (a password|my password|secrets|secret data|private keys|medical data|confidential data|sensitive data|company secrets)
        is it (safe|ok|wise|a good idea) to (send|type|share|enter) (a password|my password|secrets|private data|sensitive data|my seed phrase|personal information) (here|)
        (can|could|does|will) (the worker|a worker|the operator|the operator of the worker|the owner of the GPU|the GPU owner|the machine that answers) (see|read|look at|store|steal) my (prompt|text|data|question|message|messages)
        (what does|what can) (the worker|the operator|a worker) see
        how do I (hide|keep) my prompt from the (operator|worker|GPU owner)
        which tier (hides|protects) my prompt (from the operator|best|)
        (which|what) tier (should|do|must) I (use|pick|choose|take) for (secrets|private data|sensitive data)
        """,
     ["In the open tier the operator of the worker can read your prompt. For secrets choose confidential or confidential-gpu, where a TEE keeps it from the operator."]),
    ("sealing", """
        (tell me|name|what are) the (ciphers|algorithms|encryption methods|cryptographic methods) (you use|in use|)
        (what|which) (method|key exchange|scheme|standard) (encrypts|seals|protects) (prompts|my prompt|requests|the text)
        (is|are) (the keys|the key exchange|it all|my data|prompts) (quantum resistant|quantum proof|post-quantum|safe from quantum computers)
        (how good|how secure|how modern) is the (encryption|cryptography)
        (what is|explain|how does) (sealing|end to end encryption|the encryption|the sealing) (work|mean|in cocoon|)
        how (is|are|do you) (my prompt|a prompt|prompts|requests|my request|messages) (sealed|encrypted|protected on the way)
        what does (sealed|end to end|sealed end to end) mean
        (which|what) (encryption|cipher|cryptography|algorithm|crypto) (is used|do you use|does cocoon use|protects my prompt)
        (what is|explain|why use|do you use) (HPKE|hybrid encryption|ML-KEM|MLKEM768)
        is (it|cocoon|the encryption|my prompt) (post quantum|post-quantum|quantum safe|safe against quantum computers)
        (can|could) a quantum computer (break|read) (it|my prompt|this)
        how strong is the encryption
        """,
     ["Prompts are sealed with HPKE to the key of the worker that answers. The key exchange is hybrid post-quantum and the text is encrypted with AES-256-GCM."]),
    ("proxy", """
        (what|which) (part|component|role|machine) (routes|forwards|relays|passes on|delivers|distributes) (my request|requests|prompts|the sealed bytes)
        (does|would|could) (the proxy|a proxy) (get|have|learn|know|be told) (my text|the plain text|anything|the content|my secrets)
        what (can|will|does) a proxy (find out|learn|observe|notice) (about me|about my prompt|)
        (what|why) is (there a|the) proxy (for|in between|needed|good for)
        (what is|explain|describe|define|tell me about) (a proxy|the proxy|proxies)
        what (does|do|can) (a proxy|the proxy|proxies) (do|see|know|learn)
        (what is|explain) the (job|role|task|purpose) of (a proxy|the proxy|proxies)
        (can|could|does|will|do) (a proxy|the proxy|proxies) (read|see|store|change|open|look at) (my prompt|my text|the text|my messages|the prompt|the answer)
        who (routes|forwards|relays|passes on) (requests|my request|the bytes|my prompt)
        (why do we need|why are there|what are) proxies (for|)
        how (is|are|does) (my request|requests|a request) (routed|find a worker|get to a worker|reach a worker)
        """,
     ["A proxy picks a worker and routes sealed bytes to it. It sees sizes, never text, and it keeps the log of receipts.",
      "Proxies route sealed requests to workers and relay the answers. They see sizes but never the text."]),
    ("gateway", """
        (I have|I wrote|I use) (a Python script|an OpenAI app|a bot|an app), how (do I connect it|can it use cocoon|does it reach the network)
        (where|on which port|at which URL|under which address) (does|can I reach|is|do I find) the (gateway|API|local API) (listen|run|)
        (will|does|can) (the openai package|the openai library|LangChain|curl|my OpenAI code|my existing app) (work|work with this|be used|still work)
        (which|what) (URL|host|base_url|address) (goes|belongs|do I put|should I put) (in|into) (my client|my app|the OpenAI client|my code|the settings)
        (call|use|reach) (cocoon|the network|the models) (from|in) (Python|Node|Go|Java|PHP|code|a script)
        (what is|explain|describe|define|tell me about) (a gateway|the gateway|gateways)
        what (does|do) (a gateway|the gateway|gateways) do
        (how do I|how can I|can I) (use|call|connect|reach|talk to) (cocoon|the network|it|this) (from|with|in) (my app|Python|my program|JavaScript|the OpenAI SDK|OpenAI client|another language|curl|LangChain)
        (is there|do you have|does cocoon have|where is) (an API|an OpenAI API|a REST API|an HTTP API|an OpenAI compatible API)
        (is it|is cocoon|is the gateway) (OpenAI compatible|compatible with OpenAI)
        (what is|which is|tell me) the (address|URL|port|base URL|endpoint) of the (gateway|API)
        (which|what) (base URL|port|address|endpoint|URL) (do I use|should I use|does the gateway use|must I set)
        how do I (connect|point|switch) my (app|program|OpenAI app|bot|client) to (cocoon|the network|the gateway)
        (can I|how do I) use (my existing|the) OpenAI (code|library|SDK|client)
        does (it|cocoon) (support|speak) the OpenAI API
        """,
     ["The gateway is an OpenAI-compatible HTTP server on your own machine. Point your app at http://127.0.0.1:10000/v1 and it seals and pays for you.",
      "Use the gateway: any OpenAI client works with the base URL http://127.0.0.1:10000/v1 on your own machine."]),
    ("worker", """
        (what|please describe what|tell me what) (workers|a worker|the workers) (are doing|is doing|do all day|does|do)
        (what|why) (are|is) (workers|a worker) (for|good for|there for|needed|important)
        who (writes|makes|produces|computes|generates) (the answers|my answer|the answer|answers)
        (whose|on whose|which) (computer|machine|hardware|GPU) (does|is) (the work|the answer computed|answering|used)
        (what is|explain|describe|define|tell me about) (a worker|the worker|workers|a worker node|a node)
        what (does|do) (a worker|the worker|workers|a node) do
        (what is|explain) the (job|role|task|work) of (a worker|the worker|workers)
        who (answers|runs) (my prompt|my prompts|my questions|the model|the models|requests|me)
        where (does|do) the (model|models|AI) run
        (which|what) (machine|computer) (answers|is answering) (me|my prompt|my question)
        """,
     ["A worker is a machine that runs a model. It opens the sealed prompt, answers it, signs a receipt and earns TON.",
      "Workers run the models. A worker opens your sealed prompt, writes the answer and signs the receipt."]),
    ("run-worker", """
        (I would like|I want|I plan|I wish) to (share|offer|lend|contribute|rent out|give) my (GPU|graphics card|computer|server|machine|hardware)
        (turn|make) my (PC|computer|laptop|server|machine) into a worker
        (what|how) do I (enter|execute|need to type|run) to (become|be|start) a worker
        (make|let) my (GPU|computer) (work|serve|answer) for (cocoon|the network)
        how (do I|can I|could I|to) (run|start|set up|become|operate|launch) a (worker|node)
        (I have|I own) (a GPU|a graphics card|two GPUs|a server|a gaming PC|an old GPU), (how can I help|can I join|what can I do|can I be a worker|can I use it here)
        (which|what) command (starts|runs|launches) (a worker|my worker)
        (what do I need|what must I do|what should I type) to (run|start|become|launch) a (worker|node)
        how (do I|can I) (join|contribute|offer my GPU|share my GPU|rent out my GPU|lend my computer) (to the network|to cocoon|)
        (steps|guide|instructions) to (start|run) a worker
        I want to (run|start|be|become) a (worker|node)
        """,
     ["Run cocoon worker. It finds the engines on your machine, benchmarks itself, connects to proxies and starts to serve requests."]),
    ("earn", """
        (is|would) (it|running a worker|being a worker|serving) (worth it|profitable|worth the money|lucrative|paid|rewarded)
        (what|how much) (would|could|will|might) (my GPU|my computer|my graphics card|a worker|my machine) (earn|make|bring in) (me|) (here|in a day|per month|in this network|)
        (what|which) (reward|payment|pay|salary) (do|does|is there for) (workers get|a worker get|workers|GPU owners)
        (what is in it|what do I get out of it) (for me|for GPU owners|for workers|)
        how (do|are) GPU owners (earn|paid|rewarded|compensated)
        how (do|can|could|will) (I|we|you|people|GPU owners|workers) (earn|make) (TON|money|something|coins|an income) (with my GPU|with my computer|with this|with cocoon|here|by running a worker|)
        (what|how much) (do|can|will|does) (a worker|workers|I) (earn|make|get) (per token|a day|for an answer|)
        (how|when) (do|are) workers (get paid|paid|rewarded|compensated)
        (is there|do I get) (a reward|a payment|something|money) for (running a worker|serving requests|answering|sharing my GPU)
        can I (make money|earn money|earn TON|get paid|earn crypto) (with this|here|with my GPU|with my laptop|by sharing my computer|)
        who pays (the workers|the worker|me for my work)
        (why would|why should) (I|anyone|somebody) run a worker
        """,
     ["Workers earn TON for every answer they sign. The amount follows from the token counts and the price in the receipt.",
      "Run a worker and serve requests. You earn TON for the tokens that you answer."]),
    ("hardware", """
        (will|would|does|can) (it|cocoon|a worker|the network) (run|work|start) (on|with) (only a CPU|an old laptop|a machine without GPU|a Raspberry Pi|a small computer|a cheap server|no GPU)
        (can|may|could) (a notebook|a PC without GPU|an old computer|a machine without a graphics card) (take part|join|be a worker|help)
        (is|are) (a strong GPU|an expensive GPU|special hardware|powerful machines) (a must|mandatory|necessary|needed|required)
        (do I|does a worker|do workers|does it) need a (GPU|graphics card|big computer|server|data center)
        (is|would) a (GPU|graphics card) (required|needed|necessary)
        (can I|can it|does it|will it) (run|work) (on a laptop|on a CPU|without a GPU|without a graphics card|on an old computer|on my laptop)
        (what|which) hardware (do I need|is needed|is required|does a worker need)
        my (laptop|computer|PC) has no (GPU|graphics card), can (I|it) (join|take part|work)
        (what are|tell me) the (hardware|system) requirements
        """,
     ["A GPU is not required. A small model runs on a CPU, but bigger models need a GPU to be fast."]),
    ("engines", """
        (I want to|can I|let me|how do I) (connect|attach|plug in|hook up|add) (Ollama|vLLM|SGLang|LM Studio|llama.cpp) (to my worker|to the worker|to cocoon|)
        (which|what) (inference servers|programs|software|model runners) (can|may) (a worker|workers|I) (use|run|connect)
        (is it possible to|can one|could I|can workers) (serve|run|offer) (models|big models|other models|open models) (with|through|on) (vLLM|Ollama|SGLang|llama.cpp)
        (which|what) (engines|backends|model servers|runtimes|inference engines) (are supported|can I use|work|does it support|does a worker use)
        (can I use|does it work with|is it possible to use|do you support|how do I use|how do I connect|I want to use|is there support for) (Ollama|vLLM|SGLang|llama.cpp|LM Studio|the llama.cpp server|my own model server|my local model)
        (what is|explain) an (engine|inference engine)
        how (do I|can I) (serve|run|connect|use|add) a (bigger|larger|better|different|real) model
        I (run|have|use) (Ollama|vLLM|LM Studio|SGLang|llama.cpp), (can I use it|does it work here|can I connect it)
        is (Ollama|vLLM|SGLang|llama.cpp|LM Studio) supported
        """,
     ["A worker can use any OpenAI-compatible engine, such as vLLM, SGLang, the llama.cpp server, Ollama or LM Studio, or its built-in engine."]),
    ("client", """
        (what|which) (part|component|side) (seals|encrypts|encrypts and sends) (my prompt|prompts|the prompt|requests)
        (what|for what) is the client (responsible|in charge|good|there) (for|)
        who checks (the receipt|receipts|the worker) on my side
        (what is|explain|describe|define) (a client|the client|clients|the SDK)
        what (does|do) (a client|the client|the SDK|clients) do
        (what is|explain) the (job|role|task) of (the client|a client)
        who (seals|encrypts) (my prompt|the prompt|prompts)
        (is there|do you have) (an SDK|a library|a JavaScript SDK|a browser SDK)
        """,
     ["The client checks the worker, seals the prompt, pays with vouchers and verifies the receipt. It runs in Node and in the browser."]),
    ("auditor", """
        (who|which role) (is auditing|audits|controls|supervises|polices|double checks) (workers|the workers|the network|the answers)
        (what|how) does auditing (mean|work)
        (why|for what) (are there|do we need) auditors
        (what is|explain|describe|define|tell me about) (an auditor|auditors|the auditor|an audit)
        what (does|do) (an auditor|auditors|the auditor) do
        (what is|explain) the (job|role|task) of (an auditor|auditors)
        who (checks|watches|controls|audits) (the workers|the proxies|the logs|the log|the answers|workers)
        """,
     ["An auditor follows the logs, replays sampled answers and files fraud proofs on chain for a bounty. Anyone can be an auditor."]),
    ("explorer", """
        (what is|explain|describe|define) (the explorer|an explorer)
        what does (the explorer|an explorer) (do|show)
        where (can I|do I) (see|look up|browse|find) (the network|receipts on the web|the market|earnings|network statistics)
        is there a (web page|website|explorer|dashboard)
        """,
     ["The explorer is a set of web pages over the chain and the logs. It shows the network, the market, receipts and earnings."]),
    ("roles", """
        (what|which) (are|is) the (different roles|roles here|list of roles)
        (of which|what) (roles|parts) (does|is) (cocoon|the network|it) (made of|consist of|have|built from)
        (what|which) (roles|parts|kinds of nodes|participants) (are there|exist|does cocoon have|does the network have)
        (list|name|explain) the roles (in cocoon|of the network|)
        who (takes part in|is part of|makes up) (the network|cocoon)
        (what are|tell me) the parts of (cocoon|the network)
        how many roles are there
        """,
     ["The roles are client, gateway, proxy, worker, auditor and explorer. Anyone may run any of them."]),
    ("receipt", """
        (what|which) (information|fields|facts|things) (do I find|are|stand|are written) (in|on) (a receipt|the receipt|my receipt|receipts)
        (why|for what reason) (does|do) (every answer|each answer|answers) (come|end|arrive) with a receipt
        (is|are|does) (my prompt|my question|the text|my words|the answer) (in|part of|written in|inside|stored in) the receipt
        (tell me|say|explain) (what receipts are|what a receipt is|why receipts matter|what the receipt is for)
        (what is|explain|describe|define|tell me about) (a receipt|receipts|the receipt|a signed receipt|an answer receipt)
        what (does|do) (a receipt|receipts|the receipt) (say|contain|prove|show|mean)
        (what is|what's) (in|inside|written in|on) (a receipt|the receipt)
        why (do I get|is there|are there|do we need) (a receipt|receipts)
        what (are receipts|is a receipt) (good for|for|used for)
        does (a receipt|the receipt) contain my (text|prompt|data|answer)
        (which|what) (proof|evidence) do I get (with|for) (an answer|every answer|my answer)
        (can|how can|how do) I prove (what the answer was|that the answer was real|that I got this answer|that a worker answered)
        """,
     ["A receipt is signed by the worker that answered. It states the model, the token counts, the price and the time, but never your text.",
      "Every answer ends with a receipt signed by the worker: model, tokens, price and time. It holds no text."]),
    ("receipt-states", """
        (what|tell me what) is the meaning of (signed|included|anchored|included and anchored|signed and included)
        (my receipt|the receipt|it) (says|shows|is) (signed|included|signed only|anchored), (what now|what does that mean|what comes next|and then)
        (which|what|how many) (states|stages|steps|phases) (can|does|may) a receipt (have|go through|be in|pass)
        (describe|what is) the (life|life cycle|path|journey) of a receipt
        (what are|explain|list|name|which are) the (states|stages|steps|three states) of (a receipt|receipts|the receipt)
        (what does|what do) (signed, included and anchored|signed|included|anchored) mean
        (what happens|what comes) (to|with|after) (a receipt|the receipt|my receipt) (after the answer|next|over time|)
        (what is the difference between|explain) (signed and anchored|included and anchored|signed and included)
        (in which|which|what) state is my receipt (in|)
        why is my receipt (only signed|not anchored yet|not yet included|still signed|only included)
        (when|how) (is|does|will) (a receipt|my receipt) (get|become|be|) (anchored|included)
        """,
     ["A receipt is first signed by the worker, then included in a public Merkle log, and then anchored on the TON blockchain."]),
    ("list-receipts", """
        (where|how) (can|do) I (look at|find|open|browse|get a list of) (my receipts|all my receipts|old receipts)
        (I want|I would like) to (see|list|look at) my receipts
        (how do I|how can I|where do I|where can I) (see|list|find|show|view|get) (my receipts|the receipts|past receipts|all receipts|a receipt)
        (which|what) command (lists|shows|prints) (my|the) receipts
        (show|list) (me my|my|the) receipts
        where are my receipts (kept|stored|)
        """,
     ["Run cocoon receipts. It lists your receipts and says for each one whether it is signed, included or anchored."]),
    ("verify", """
        (how|what way) (would|could|should) (I|somebody|anyone|a third party) (check|verify|prove) (that a receipt is valid|a receipt|my receipt|the receipt of an answer|an answer)
        (what is|tell me) the command (to|that can|for) (verify|check|verifying|checking) (a receipt|receipts|my answer)
        (is there|do you have) a (tool|command|way) to (check|verify|validate) (receipts|a receipt|an answer|answers) (offline|later|)
        (how do I|how can I|can I|how to) (verify|check|validate|prove|test) (a receipt|my receipt|an answer|the answer|a receipt file|the receipts|the proof)
        (which|what) command (verifies|checks) (a receipt|receipts|an answer)
        what does cocoon verify do
        (can I|is it possible to) (verify|check) (a receipt|receipts|it) (offline|years later|in a browser|without internet)
        how (do I|can I) (know|be sure|tell) that (a receipt|the receipt) is (real|valid|genuine|true)
        is there an offline check
        """,
     ["Run cocoon verify with the receipt file. It checks the signature, the log and the anchor on TON, offline, and says what holds."]),
    ("log", """
        (what is|tell me about|what about) the (Merkle log|log of receipts|public log) (about|for|)
        (could|can|might) (a receipt|receipts|entries|my receipt) (vanish|be deleted|be changed|be erased|disappear|be lost) (from the log|later|)
        (what is|explain|describe|define) (the log|the public log|the Merkle log|a Merkle tree|the transparency log|the receipt log)
        (where|how) are receipts (kept|logged|published|stored|recorded)
        who keeps the (log|receipts|public log)
        (what is|explain) an inclusion proof
        (can|could) (a receipt|someone|a proxy) (be removed|remove a receipt|change the log|delete a receipt|rewrite the log)
        why is there a public log
        """,
     ["The log is a public Merkle tree of receipts, kept by the proxy. An inclusion proof shows that your receipt is in it, and nobody can guess text from it."]),
    ("anchor", """
        (what|which data) (is|gets|are) (written|stored|put|saved|recorded) (to|on|in) (the blockchain|the chain|TON)
        (what good|what use|of what use|why) (is|is the) (anchoring|anchor|the blockchain)
        (why|for what) (is a|do you use a|must there be a) (blockchain|chain) (needed|at all|used|)
        (what is|explain|describe|define) (an anchor|anchoring|the anchor|a checkpoint|checkpoints)
        (what does|what is) (anchored|anchoring) (on TON|on chain|mean|good for)
        (why|how) (is|are) (the log|receipts|checkpoints) (anchored|written to TON|put on chain)
        (why do you use|what is the use of|what is stored on|what goes on|what is on) (TON|the blockchain|the chain)
        why (do you need|does cocoon need|does it need|is there) a blockchain
        is my (prompt|text|data|answer) (on|written to|stored on) the (blockchain|chain)
        """,
     ["A checkpoint of the receipt log is written to the TON blockchain. That is the anchor: it proves later that the log was not changed. No text goes on chain."]),
    ("ton", """
        (what|which) (role|part|purpose) (does|has) TON (play|have|) (here|in cocoon|)
        (on|with) which (blockchain|chain|coin) (does this run|does it work|do you work|is it built)
        (what is|explain|describe|define|tell me about) (TON|the TON blockchain|toncoin)
        what does TON (do|mean) (here|in cocoon|)
        (which|what) (blockchain|chain|coin|currency|token|cryptocurrency) (is used|do you use|does cocoon use|do I pay with|is it)
        (do I|does it) need (TON|crypto|coins|a cryptocurrency)
        """,
     ["TON is the blockchain that Cocoon uses. It holds the payment channels, the bonds and the anchors of the receipt logs, and payments are made in TON."]),
    ("pay", """
        (what is|tell me) the way to pay
        (how|in what way) are (answers|requests|workers|tokens) (paid for|paid|settled)
        (do I|must I|does one) (need|have to buy|have to have) (a subscription|a plan|a contract|an account) (to use this|to use cocoon|)
        (how|where) (would|can|do) I pay (for this|for what I use|for my requests|)
        how (do I|can I|does one|does a client|do clients|do people|do users) pay (for an answer|for answers|for tokens|the worker|)
        how (do|does) (payment|payments|paying|billing) work
        (explain|describe|tell me about) (payment|payments|how payment works|billing)
        (how|when) (am I|are users|is an answer) (charged|billed|paid)
        (is there|do I need) (a subscription|a credit card|an account|a bank account)
        (does|is) every answer (a transaction|go on chain|a payment on chain|cost gas)
        how is an answer (paid|paid for)
        (can|do) I pay (with|by) (a credit card|card|TON|dollars|PayPal)
        """,
     ["You open a payment channel with a deposit in TON and pay with signed vouchers. Two chain operations pay for any number of answers."]),
    ("voucher", """
        (how does|explain how) a voucher (work|works)
        (could|can|might) (they|someone|the proxy|a worker|the other side) (take|claim|withdraw|cash) (more|too much|all my money|everything|more than I allowed)
        (what is|explain|describe|define|tell me about) (a voucher|vouchers|a cumulative voucher)
        what (does|do) (a voucher|vouchers) (do|say|contain)
        (what does|why is a voucher) cumulative (mean|)
        how do vouchers work
        (can|could) a (proxy|worker|payee|cheater) (take|steal|claim) more (than I signed|than I owe|money than agreed|)
        """,
     ["A voucher is a signed promise of a total amount on a channel. Each new voucher replaces the last one, and nobody can take more than you signed."]),
    ("channel", """
        (what|why) (are|is) (payment channels|a payment channel|the channel|channels) (for|good for|needed|used)
        (do I|can I|how do I|will I) get (the rest|my money|my deposit|what is left|the remaining TON) (back|returned)
        (what is|explain|describe|define|tell me about) (a channel|a payment channel|channels|payment channels|the channel)
        what (does|do) (a channel|a payment channel|channels) do
        how (do I|can I) (open|close|top up|fill|create) a (channel|payment channel)
        (why|when) (do I need|is there) a (channel|payment channel)
        (how do I|can I) (get|take) my (deposit|money|unused TON|coins) back
        what happens to (my deposit|unused money|the rest of my deposit|the money I do not use)
        """,
     ["A payment channel is a small contract on TON that holds your deposit. You pay from it with vouchers, and what you did not spend comes back when it closes."]),
    ("nanoton", """
        (what does|tell me what) (nanoton|nanotons|a nanoton) (mean|means|stand for|is)
        (how many|what number of) nanotons (make|give|form|are in|equal) (one TON|a TON|1 TON)
        (what is|explain|define|what are|how much is) (a nanoton|nanotons|one nanoton)
        how many nanotons (are|is) (in|) (one TON|1 TON|a TON)
        (convert|what is) (one|1) TON (to|in) nanotons
        (which|what) (unit|units) (are amounts in|do amounts use|is the price in|is used for money)
        (what is|which is) the smallest unit (of TON|)
        """,
     ["1 TON is 1,000,000,000 nanotons. Cocoon counts all amounts in nanotons."]),
    ("price", """
        (who|what) (decides|determines|sets|fixes) (the price|prices|how much it costs|what I pay|how much tokens cost|what tokens cost)
        (how expensive|how costly|how cheap) is (it|a request|an answer|a token|using cocoon)
        (can|may|could) I (put|set|have|give|define) (a limit|a cap|a maximum|an upper bound) (on|for) (the price|what I spend|costs)
        what is the price of (one answer|an answer|a token|a million tokens|a request)
        (how much|what) does (an answer|a request|it|a token|a prompt|this|one question|cocoon) cost
        (what is|how high is|what are|explain) the (price|prices|cost|costs|fees|fee) (of an answer|for tokens|of a request|here|)
        (is it|is cocoon|is this) (free|expensive|cheap)
        (who|how) (sets|are|is) the (prices|price) (set|decided|made|)
        (how are|in what unit are) prices (set|given|quoted|written|made)
        (can I|how do I) (limit|cap|set a maximum) (the price|what I pay|my spending|costs)
        (how is|how do you count|how are) (usage|tokens|the cost|the amount) (counted|computed|measured|calculated|)
        what do I pay for
        """,
     ["Workers set their own prices in nanotons per million tokens, and you can set a cap. The price is fixed when the request is admitted and stands in the receipt."]),
    ("no-overpay", """
        (must|should|do|will) I (pay|be charged|have to pay) (if|when) (the answer breaks off|it fails|the worker crashes|there is no answer|the answer is incomplete)
        (can|could|may) it happen that I (pay twice|am charged twice|pay for nothing|pay too much)
        what if (the answer|an answer|my answer|the stream) (breaks off|is cut|stops early|is not finished|never ends)
        do I (pay|have to pay) for (an unfinished answer|a broken answer|half an answer|a failed request|errors)
        (can I get|is there|how do I get) a refund
        (am I|can I be|will I be) charged twice
        """,
     ["An unfinished answer has no final receipt, so you pay at most for the frames you acknowledged. A request is never charged twice."]),
    ("tiers", """
        (how|in what) (do|does) (open and confidential|the tiers|these tiers) differ
        (please|) (list|show|explain|name) (all|me all|me the|the) tiers
        (compare|difference between) (open and confidential|the tiers|tiers)
        (what are|explain|list|name|which are|describe) the (tiers|security tiers|privacy tiers|trust tiers|levels)
        (what|which) tiers (are there|exist|can I choose|does cocoon have)
        (what is|what does) (a tier|tier) (mean|)
        how many tiers (are there|exist)
        what is the difference between (open and confidential|the tiers)
        (which|what) tier should I (use|choose|pick|take)
        """,
     ["The tiers are open, where the operator can read the prompt, confidential, protected by a CPU TEE, and confidential-gpu, with a CPU and a GPU TEE. The tier dev is for tests."]),
    ("tier-open", """
        (what is meant|what do you mean) by (the open tier|open tier|tier open|open)
        (what about|tell me about) the open tier
        (what is|explain|what does) the (open tier|tier open|tier called open) (mean|do|)
        what does (tier open|open|the open tier) mean
        (is|how private is) the open tier (private|safe|)
        (who can read my prompt|can someone read my prompt) in the open tier
        """,
     ["In the open tier an ordinary GPU answers. It is bonded and audited, but its operator can read the prompt."]),
    ("tier-confidential", """
        (what|which protection) does (the confidential tier|confidential|confidential-gpu) (give|offer|protect|add|do)
        (tell me about|what about) (the confidential tier|confidential-gpu)
        (what is|explain|what does) the (confidential tier|tier confidential) (mean|do|)
        what does confidential mean
        (what is|explain) (confidential computing|confidential-gpu|the confidential-gpu tier)
        (who can read my prompt|can the operator read my prompt) in the confidential tier
        how does the confidential tier protect me
        """,
     ["In the confidential tier the worker runs inside a CPU TEE that the client checks first, so the operator cannot read the prompt. confidential-gpu adds a GPU TEE."]),
    ("tier-dev", """
        (why|how come) (is the tier|does the tier say|is it|am I in) (called dev|dev|the dev tier)
        (is|how secure is) (the simulated TEE|dev|the dev tier|simulation) (secure|safe|private|)
        (what is|explain|what does) the (dev tier|tier dev|dev) (mean|do|)
        what does (dev|tier dev) mean
        (what is|explain|is) (the|a) (simulated TEE|simulation) (real|safe|for|)
        why does it say dev
        """,
     ["dev is the tier of the simulated TEE on the devnet. It is for development, it protects nothing, and mainnet refuses it."]),
    ("tee", """
        (what|for what) is (an enclave|a TEE|TDX) (good for|for|used for)
        (what is meant|what do you mean) by (TEE|a TEE|enclave|trusted execution)
        (what is|explain|describe|define|tell me about) (a TEE|TEEs|a trusted execution environment|an enclave|Intel TDX|AMD SEV-SNP)
        what (does|do) (a TEE|TEEs|TDX) do
        what does TEE (mean|stand for)
        which TEEs (are supported|do you use)
        """,
     ["A TEE is a part of a processor that keeps its memory secret even from the machine's owner. Cocoon checks it by attestation before any prompt is sent."]),
    ("attestation", """
        (how|when) (is|are|gets) (a worker|workers|the worker|the machine) (attested|checked before I send|proven genuine)
        (what does|what can) (attestation|the attestation|the evidence) (show|tell|say|guarantee|prove)
        (what is|explain|describe|define) (attestation|an evidence bundle|remote attestation|evidence|a quote)
        what does attestation (do|mean|prove)
        how (do you know|does the client know|can I know|do I know) (what a worker is|that a worker is genuine|what runs on a worker|that the TEE is real)
        how (does a worker prove|is a worker checked|are workers checked) (what it is|before I send|)
        """,
     ["Attestation is proof from the processor about what a worker runs. The client checks this evidence itself and sends nothing if a check fails."]),
    ("honesty", """
        (how|in what way) (do|would|could|will) (you|I|we|anyone) (notice|find out|see|detect|prove) (a fake answer|that a worker lies|fraud|that an answer is fake|cheating)
        (why|what makes) (should|would|do) (a worker|workers|strangers) (tell the truth|be honest|answer honestly|behave)
        what if (the worker|a worker|somebody) (is lying|is evil|is malicious|gives bad answers|fakes it)
        (are|is) (workers|the workers|a worker) (honest|trustworthy|checked|controlled|supervised)
        how (are|do you) (answers verified|check answers|detect cheating|stop cheating|catch cheaters|find liars)
        (can|could) (a worker|workers|a proxy|somebody) (cheat|lie|fake an answer|use a smaller model|send a wrong answer)
        what (stops|prevents|keeps) (a worker|workers|them|dishonest workers|people) from (cheating|lying|faking answers|using a cheaper model)
        what (if|happens if|happens when) (a worker|the worker|a proxy) (cheats|lies|is dishonest|sends a fake answer)
        (why|how can I|should I|can I) trust (a worker|workers|the workers|the network|a stranger's GPU|cocoon)
        how (is|do you ensure) honesty (enforced|checked|rewarded|)
        (what prevents|how do you handle|how do you notice) (dishonest workers|fraud|fake answers|wrong answers)
        """,
     ["Workers and proxies put up a bond. Auditors replay sampled answers, and whoever provably cheats loses the bond on chain."]),
    ("bond", """
        (why|for what) (must|should) (workers|a worker|proxies|a proxy) (lock|deposit|stake|put up|have) (a bond|TON|money)
        (what does it mean|what happens) (to be|when one is|if you are) slashed
        (what is|explain|describe|define|tell me about) (a bond|bonds|the bond|slashing)
        what (does|do) (a bond|bonds) do
        (what does|what is) (slash|slashed|slashing) (mean|)
        (why do|do) (workers|proxies) (need|have|put up) a bond
        (when|how) (is|does) (a bond|someone) (slashed|lost|lose a bond|get slashed)
        """,
     ["A bond is TON that a worker or proxy locks in a contract. If it is proven to cheat, the bond is slashed."]),
    ("failover", """
        (suppose|imagine|and if|what if) (a worker|the worker|my worker|the machine) (crashes|dies|goes offline|is switched off|loses power) (in the middle|while answering|during my request|halfway|), (what then|is my answer lost|do I lose it|what happens)
        (is|will) my answer (lost|gone|be lost) (when|if) (a worker|the worker|a machine) (crashes|fails|dies|goes down)
        what (does the network do|happens) (on|after|in case of) a (crash|failure|dead worker)
        what (if|happens if|happens when) (a worker|the worker|my worker|a node|the node|a machine) (goes offline|crashes|fails|dies|disappears|stops|goes down|is switched off) (during a request|in the middle|)
        what (if|happens if) (a proxy|the proxy|one server) (fails|goes down|crashes|is offline)
        do I lose (my answer|my money|anything) (if|when) (a worker stops|something crashes|a machine fails)
        how (reliable|robust) is (it|the network|cocoon)
        (what about|how does it handle) (failures|crashes|failover|outages)
        """,
     ["The request is wrapped for up to four workers that the client has verified, so after a proven failure the next one answers. You pay for one answer only."]),
    ("chain-down", """
        (does|will|can) (inference|chat|it|cocoon|the network) (stop|go on|continue|still work) (if|when|while) (TON|the chain|the blockchain) (stops|is down|is frozen|fails)
        (what|tell me what) (happens|is) (during|in|with) (an outage|a failure|a stop) of (TON|the chain|the blockchain)
        what (if|happens if|happens when) (the chain|TON|the blockchain) (stops|is down|freezes|is slow|fails|is offline)
        does it work (when|if) (TON|the blockchain|the chain) is (down|offline|frozen)
        do I have to wait for the (blockchain|chain)
        """,
     ["If the chain stops, answers go on. Only settlement and anchoring wait until the chain is back."]),
    ("up", """
        (what|which command) (brings up|boots|creates|launches|starts) (a local network|everything|a test network|a whole network|the network)
        (what is|tell me) the first (command|thing|step) (I should run|to run|to do|)
        (get|how do I get) cocoon (running|started|to run|up and running) (on my laptop|on my computer|here|at home|)
        (how|where) do I (start|begin)
        (what does|explain|what is) cocoon up (do|)
        (how do I|how can I|how to) (start|run|launch|bring up|try) (cocoon|the network|a local network|everything|the whole network|it|the devnet) (on my machine|locally|at home|)
        (which|what) command starts (everything|the network|cocoon|a local network)
        how (do I|can I) (get started|begin|install it|try it|start)
        (getting started|quick start|first steps)
        what (should|must) I (type|run) first
        """,
     ["Run cocoon up. It starts a whole network on your machine: a devnet, a proxy, workers, a gateway and a web page."]),
    ("chat", """
        (what is|tell me) the command (for chatting|to chat|for a chat)
        (how|where) (can|do|would) I (talk|chat|speak) (to|with) (a model|an AI|the model|the AI) (from my terminal|in the terminal|in my shell|on the console)
        (what does|explain|what is) cocoon chat (do|)
        (how do I|how can I|how to) (chat|talk to a model|ask a question|send a prompt) (from the terminal|on the command line|in cocoon|from the command line)
        (which|what) command (starts a chat|is for chatting|lets me chat)
        (can I|is there a way to) chat in the terminal
        """,
     ["Run cocoon chat. It opens a chat in the terminal: prompts are sealed, answers are paid, and each one shows its receipt."]),
    ("status", """
        (how|where) (do|can|would) I (see|find out|check) (whether|if) (my network|everything|my worker|cocoon) (is running|runs|is up|works|is ok)
        what (does|will) the status command (show|print|do|tell)
        (what does|explain|what is) cocoon status (do|show|)
        (how do I|how can I) (see|check|know) (the status|whether it runs|if everything works|what is running|if my network is healthy)
        (which|what) command shows (the status|what is running|the state of the network)
        is (everything|my network|the network) (running|healthy|ok)
        """,
     ["Run cocoon status. It shows what is running and whether it is healthy."]),
    ("commands", """
        (give|show) me (a list|an overview|a summary) of (the|all|) commands
        (which|what) commands (does|has) (the cocoon tool|the tool|the CLI|cocoon) (have|offer|know|)
        (what|which) commands (are there|exist|can I use|does cocoon have|do you know)
        (list|show|name|tell me) (me|) the (commands|cocoon commands|command line tools)
        (how do I use|what is|explain) the (command line|CLI|cocoon command|terminal tool)
        what can I type
        """,
     ["Some commands: cocoon up, cocoon chat, cocoon worker, cocoon gateway, cocoon receipts, cocoon verify and cocoon status."]),
    ("devnet", """
        (what is the purpose|what is the use|why is there|what is the point) of (the devnet|a devnet)
        (is|can I spend) (TON on the devnet|devnet TON|the test TON|test coins) (real money|real|elsewhere|on mainnet|worth anything)
        (what is|explain|describe|define) (the devnet|a devnet|devnet|the local chain)
        (is|are) (the TON|the coins|the money|this TON) (on the devnet|here|I have) (real|worth something|real money)
        (can I|how do I) (try|test) (it|cocoon) without (real money|real TON|paying|spending)
        (do I need|does it cost) real (money|TON) (to try it|for testing|)
        """,
     ["The devnet is a local chain for development with its own network id. Its TON is test money and worth nothing elsewhere."]),
    ("model-identity", """
        (what is|explain|define) (a manifest|a model manifest|the model id|model identity)
        how (do I know|can I be sure|is it checked) (which model answered|that the right model answered|what model was used|that the model is the real one)
        (can|could) a worker swap the model
        how are models identified
        """,
     ["A model is known by the hash of its manifest, which lists the SHA-256 of every weight file. That hash stands in the receipt."]),
    ("root", """
        (what is|explain|define) (the root contract|the root)
        (what|which) contracts (are there|exist|does cocoon use)
        (who|how) (can change|are changed|decides) the (rules|parameters|allowed models) (changed|)
        can the rules change (overnight|silently|)
        """,
     ["The root contract lists the allowed models and measurements. Changes wait out a public delay, and revocations take effect at once."]),
    ("telegram", """
        (does it work|can I use it|does cocoon run|is there a version) (in|for|with|inside) Telegram
        (is there|do you have) a (Telegram app|mini app|Telegram Mini App|web app|mobile app)
        (can I use|does it work in|how do I use) (a browser|my browser|the browser|the web)
        how do I connect my (wallet|TON wallet)
        (what is|do you support) TON Connect
        """,
     ["There is a web app with chat, explorer and market. It works as a Telegram Mini App and connects to your wallet with TON Connect."]),
    ("nat", """
        (must|should|do) I (open|forward|configure) (a port|ports|my router|the firewall) (for my worker|for a worker|)
        (does|can|will) (a worker|my worker) (run|work|connect) (behind|from behind) (a home router|NAT|a firewall|my router)
        (does a worker|do I|does my worker) need (a public IP|an open port|port forwarding|a static IP|a public address)
        (can I run a worker|does it work|will a worker run) (behind NAT|behind a firewall|at home|behind a router)
        """,
     ["No. A worker dials out to proxies, so it works behind NAT without open ports."]),
    ("token", """
        (what do you mean|what is meant) by (token|tokens|a token)
        (how many|what number of) (letters|characters|words) (are in|make|has) a token
        (what is|explain|define|what are|what does) (a token|tokens|token) (in AI|for a model|mean|)
        how (long|big) is a token
        what is the difference between a token and a word
        """,
     ["A token is a small piece of text, often a word or a part of a word. Models read and write tokens, and prices are per million tokens."]),
    ("inference", """
        (what do you mean|what is meant) by inference
        (tell me|say) what inference (is|means)
        (what is|explain|define|what does) inference (mean|)
        what is the difference between training and inference
        """,
     ["Inference means running a trained model to get an answer. Training makes the model, inference uses it."]),
    ("streaming", """
        (are|will) (answers|the answers|the answer) (streamed|be streamed|come in pieces|arrive piece by piece)
        (what is|explain|define|what does) streaming (mean|)
        (does it|can you|does cocoon|does the gateway) (support streaming|stream|stream answers)
        do answers arrive (token by token|in pieces|at once)
        """,
     ["Streaming means that the answer arrives piece by piece while the model is still writing it. The last frame carries the receipt."]),
    ("seed", """
        (what is|explain|define|what does) (a seed|the seed|a random seed) (do|for|)
        (why|when) (would I|should I) set a seed
        """,
     ["A seed fixes the random choices of the model. The same seed and settings give the same answer again."]),
    ("temperature", """
        (what is|explain|define|what does) (temperature|the temperature setting) (do|mean|)
        (which|what) temperature should I use
        """,
     ["Temperature sets how random the answer is. Zero gives the most likely answer every time."]),
    ("context", """
        (what is|explain|define) (a context window|the context|context length|your context)
        how (much|long a) text can (you|it) (read|remember)
        how long can my (prompt|message|question) be
        """,
     ["The context window is the text that a model can look at. Mine is only 512 tokens, so keep messages short."]),
    ("prompt", """
        (what is|explain|define|what does) (a prompt|prompt|prompts) (mean|)
        """,
     ["A prompt is the text that you give to a model. The model continues it with an answer."]),
    ("quantization", """
        (what is|explain|define|what does) (quantization|a quantized model|q8_0|GGUF) (mean|)
        """,
     ["Quantization stores the weights of a model with fewer bits, so that it needs less memory and runs faster."]),
]

FACT_LINES = [(lines(grammars), answers) for _, grammars, answers in FACTS]


def network_question(random):
    """One question about the network; each fact is asked equally often."""
    grammars, answers = random.choice(FACT_LINES)
    question = reworded(random, pick(random, random.choice(grammars)))
    return [(typed_freely(random, question), random.choice(answers))]
