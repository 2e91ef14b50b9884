"""The AWS wire: what stands between an AWS client's HTTP request and a rule of AWS Direct Connect.

A request crosses this room in one direction and its answer comes back the same way:

    server.py     a listening socket and uvicorn, inside an event loop that belongs to somebody else
    app.py        ASGI: bytes in, bytes out, nothing of AWS but the size limit
    endpoint.py   one request from end to end: recognise, sign in, parse, check, perform, answer, log
    codecs/       the two protocols of the service: AWS JSON 1.1 and Smithy RPC v2 CBOR
    sigv4.py      the credential scope of the Authorization header: account and region of the caller
    validate.py   the parameters against botocore's model of the service
    service.py    that model: the only place where the shapes of the API are known

No operation is named here. All 73 are parsed, checked and answered from the model; what an operation means
is for the service behind `endpoint.Service`, which `lab.directconnect.cloud.Cloud` is.
"""
